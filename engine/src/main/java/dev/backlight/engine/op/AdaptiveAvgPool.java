package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.matmul;
import static dev.backlight.engine.op.Ops.transpose;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Means over {@code height × width} windows of unequal extent, of images {@code N×C×H×W}: rows and columns are averaged by
 * one constant matrix each, {@code A·x·Bᵀ}.
 */
public record AdaptiveAvgPool(int height, int width) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        try (Scope scope = Scope.open()) {
            Tensor rows = means(x, x.shape().size(2), height);
            Tensor columns = transpose(means(x, x.shape().size(3), width), 1, 0);
            return scope.keep(matmul(rows, matmul(x, columns)));
        }
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Shape x = at.input(0).shape();
        return Gradients.of(() -> {
            Tensor rows = transpose(means(upstream, x.size(2), height), 1, 0);
            return matmul(rows, matmul(upstream, means(upstream, x.size(3), width)));
        });
    }

    /** {@code windows × size}: 1/extent where the window covers the element. */
    private static Tensor means(Tensor like, int size, int windows) {
        double[] matrix = new double[windows * size];
        for (int window = 0; window < windows; window++) {
            int start = AdaptiveWindows.start(window, size, windows);
            int end = AdaptiveWindows.end(window, size, windows);
            Arrays.fill(matrix, window * size + start, window * size + end, 1.0 / (end - start));
        }
        return Constants.of(like, Shape.of(windows, size), matrix);
    }
}
