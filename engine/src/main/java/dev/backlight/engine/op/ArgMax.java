package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/** The I64 index of the largest element along an axis, the first of equals; the axis stays with size 1. Flat. */
public record ArgMax(int axis) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        if (x.shape().size(axis) == 0) {
            throw new ShapeException("argMax of no elements is undefined, but found shape " + x.shape());
        }
        int at = x.shape().axis(axis);
        return Tensor.execute(
                x.backend(), new Primitive.ArgMax(at), DType.I64, x.shape().with(at, 1), x);
    }

    @Override
    public boolean differentiable(int input) {
        return false;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of();
    }
}
