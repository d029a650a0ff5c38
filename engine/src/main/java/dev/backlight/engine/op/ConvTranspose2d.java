package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.add;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/**
 * Transposed convolution: what {@link Conv2d} of that window sends back to its image. Inputs x {@code N×I×H×W}, weights
 * {@code I×(O/groups)×h×w} and optionally a bias of size O. The output's height is
 * {@code (H − 1)·stride − padding + dilation·(h − 1) + 1 + outputPaddingY}.
 */
public record ConvTranspose2d(WindowGeometry window, int groups, int outputPaddingY, int outputPaddingX) implements Op {
    /** @throws ShapeException when an output padding reaches the stride */
    public ConvTranspose2d {
        boolean fits = outputPaddingY >= 0
                && outputPaddingX >= 0
                && outputPaddingY < window.strideY()
                && outputPaddingX < window.strideX();
        if (!fits) {
            throw new ShapeException(
                    "convTranspose2d needs output padding from 0 to below the stride, but found " + outputPaddingY + "×"
                            + outputPaddingX + " with stride " + window.strideY() + "×" + window.strideX());
        }
    }

    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        Tensor w = inputs.get(1);
        requireFit(inputs);
        Shape shape = Shape.of(
                x.shape().size(0),
                w.shape().size(1) * groups,
                height(x.shape().size(2)),
                width(x.shape().size(3)));
        try (Scope scope = Scope.open()) {
            Tensor result = new Conv2dInputGradient(window, groups, shape).on(x, w);
            return scope.keep(inputs.size() == 3 ? add(result, Channels.column(inputs.get(2), 4)) : result);
        }
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor x = at.input(0);
        Tensor w = at.input(1);
        return Gradients.of(
                () -> new Conv2d(window, groups).on(upstream, w),
                () -> new Conv2dWeightGradient(window, groups, w.shape()).on(upstream, x),
                () -> Channels.sum(upstream));
    }

    private int height(int rows) {
        int extent = (window.height() - 1) * window.dilationY() + 1;
        return (rows - 1) * window.strideY() - window.padTop() - window.padBottom() + extent + outputPaddingY;
    }

    private int width(int columns) {
        int extent = (window.width() - 1) * window.dilationX() + 1;
        return (columns - 1) * window.strideX() - window.padLeft() - window.padRight() + extent + outputPaddingX;
    }

    private void requireFit(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        Tensor w = inputs.get(1);
        Broadcasting.requireAlike("convTranspose2d", x, w);
        boolean fits = x.shape().rank() == 4
                && w.shape().rank() == 4
                && groups >= 1
                && x.shape().size(1) == w.shape().size(0)
                && w.shape().size(0) % groups == 0
                && w.shape().size(2) == window.height()
                && w.shape().size(3) == window.width()
                && height(x.shape().size(2)) > 0
                && width(x.shape().size(3)) > 0;
        if (!fits) {
            throw new ShapeException("convTranspose2d with " + Windows.describe(window) + " and " + groups
                    + " group(s) needs an input N×I×H×W and weights I×(O/groups)×h×w, but found " + x.shape() + " and "
                    + w.shape());
        }
        int outputs = w.shape().size(1) * groups;
        if (inputs.size() == 3 && !inputs.get(2).shape().equals(Shape.of(outputs))) {
            throw new ShapeException("convTranspose2d with weights " + w.shape() + " needs a bias of size " + outputs
                    + ", but found " + inputs.get(2).shape());
        }
    }
}
