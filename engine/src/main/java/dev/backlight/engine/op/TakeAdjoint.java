package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/** Zeros of a shape, with {@code out[.., indices[i], ..] += u[.., i, ..]}; adjoint to {@link Take}. */
public record TakeAdjoint(int axis, Shape shape) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor u = inputs.get(0);
        Tensor indices = inputs.get(1);
        Broadcasting.require("takeAdjoint (its indices)", indices, DType.I64);
        boolean fits = indices.shape().rank() == 1
                && u.shape().equals(shape.with(axis, indices.shape().size(0)));
        if (!fits) {
            throw new ShapeException("rows of shape " + u.shape() + " under indices of shape " + indices.shape()
                    + " cannot be added along axis " + axis + " of shape " + shape);
        }
        return Tensor.execute(u.backend(), new Primitive.TakeAdjoint(shape.axis(axis)), u.dtype(), shape, u, indices);
    }

    @Override
    public boolean differentiable(int input) {
        return input == 0;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> new Take(axis).on(upstream, at.input(1)));
    }
}
