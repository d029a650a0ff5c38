package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/** min(max(x, low), high). Its slope at the bounds is taken as 0. */
public record Clip(double low, double high) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.unary(UnaryFunction.CLIP, low, high, inputs.getFirst());
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> mul(upstream, new Inside(low, high).on(at.input(0))));
    }

    /** @throws ShapeException when the bounds are out of order */
    public Clip {
        if (!(low <= high)) {
            throw new ShapeException("clip needs bounds in order, but found low " + low + " and high " + high);
        }
    }
}
