package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.broadcastTo;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sumKeeping;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * The mean of each window of images {@code N×C×H×W}. In ceil mode an incomplete last window counts unless it would start
 * in the padding at the end. What a window reaches beyond the padding never counts in its mean; the padding itself does,
 * as zeros, when {@code countIncludePad} says so.
 */
public record AvgPool(WindowGeometry window, boolean ceilMode, boolean countIncludePad) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        Shape shape = Windows.output("avgPool", x.shape(), window, ceilMode);
        if (!countIncludePad) {
            Windows.requireTaps("avgPool", x.shape(), window, shape);
        }
        try (Scope scope = Scope.open()) {
            Tensor sums = isGlobal(x.shape())
                    ? sumKeeping(x, 2, 3)
                    : new WindowSum(window, shape.size(2), shape.size(3)).on(x);
            return scope.keep(averaged(sums, x.shape()));
        }
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Shape x = at.input(0).shape();
        return Gradients.of(() -> {
            Tensor shares = averaged(upstream, x);
            return isGlobal(x) ? broadcastTo(shares, x) : new WindowSumAdjoint(window, x).on(shares);
        });
    }

    /** Divided by each window's count, which differs only near the edges. */
    private Tensor averaged(Tensor perWindow, Shape x) {
        int height = perWindow.shape().size(2);
        int width = perWindow.shape().size(3);
        int[] rows = Windows.rowTaps(window, x.size(2), height, countIncludePad);
        int[] columns = Windows.columnTaps(window, x.size(3), width, countIncludePad);
        double full = window.height() * window.width();
        boolean isUniform = Arrays.stream(rows).allMatch(taps -> taps == window.height())
                && Arrays.stream(columns).allMatch(taps -> taps == window.width());
        if (isUniform) {
            return mul(perWindow, 1 / full);
        }
        double[] reciprocals = new double[height * width];
        for (int i = 0; i < reciprocals.length; i++) {
            reciprocals[i] = 1.0 / (rows[i / width] * columns[i % width]);
        }
        return mul(perWindow, Constants.of(perWindow, Shape.of(height, width), reciprocals));
    }

    private boolean isGlobal(Shape x) {
        return window.equals(
                new WindowGeometry(x.size(2), x.size(3), window.strideY(), window.strideX(), 1, 1, 0, 0, 0, 0));
    }
}
