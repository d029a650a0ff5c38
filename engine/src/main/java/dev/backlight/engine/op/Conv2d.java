package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/**
 * Cross-correlation of an image {@code N×C×H×W} with weights {@code O×(C/groups)×h×w}, and optionally a bias of size O.
 * It, {@link Conv2dInputGradient} and {@link Conv2dWeightGradient} differentiate into each other.
 */
public record Conv2d(WindowGeometry window, int groups) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        Tensor w = inputs.get(1);
        Broadcasting.requireAlike("conv2d", x, w);
        requireFit(x.shape(), w.shape());
        if (inputs.size() == 3
                && !inputs.get(2).shape().equals(Shape.of(w.shape().size(0)))) {
            throw new ShapeException("conv2d with weights " + w.shape() + " needs a bias of size "
                    + w.shape().size(0) + ", but found " + inputs.get(2).shape());
        }
        return Tensor.execute(
                x.backend(),
                new Primitive.Convolution(window, groups),
                x.dtype(),
                Primitive.convolutionShape(x.shape(), w.shape(), window),
                inputs.toArray(Tensor[]::new));
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor x = at.input(0);
        Tensor w = at.input(1);
        return Gradients.of(
                () -> new Conv2dInputGradient(window, groups, x.shape()).on(upstream, w),
                () -> new Conv2dWeightGradient(window, groups, w.shape()).on(x, upstream),
                () -> Ops.sum(upstream, 0, 2, 3));
    }

    /** @throws ShapeException when a signal is not of the shape that convolving x with w gives */
    void requireFit(Shape x, Shape w, Shape signal) {
        requireFit(x, w);
        Shape expected = Primitive.convolutionShape(x, w, window);
        if (!signal.equals(expected)) {
            throw new ShapeException("a conv2d of " + x + " with weights " + w + " gives " + expected
                    + ", but its adjoint found a signal of shape " + signal);
        }
    }

    private void requireFit(Shape x, Shape w) {
        boolean fits = groups >= 1
                && x.rank() == 4
                && w.rank() == 4
                && x.size(1) == w.size(1) * groups
                && w.size(0) % groups == 0
                && w.size(2) == window.height()
                && w.size(3) == window.width();
        if (!fits) {
            throw new ShapeException("conv2d with a " + window.height() + "×" + window.width() + " window and " + groups
                    + " group(s) needs an input N×C×H×W and weights O×(C/groups)×h×w, but found " + x + " and " + w);
        }
    }
}
