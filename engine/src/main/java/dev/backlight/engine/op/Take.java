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

/** Inputs x and I64 indices of rank 1: {@code out[.., i, ..] = x[.., indices[i], ..]}; adjoint to {@link TakeAdjoint}. */
public record Take(int axis) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        Tensor indices = inputs.get(1);
        Broadcasting.require("take (its indices)", indices, DType.I64);
        if (indices.shape().rank() != 1) {
            throw new ShapeException("take needs indices of rank 1, but found shape " + indices.shape());
        }
        int at = x.shape().axis(axis);
        Shape shape = x.shape().with(at, indices.shape().size(0));
        return Tensor.execute(x.backend(), new Primitive.Take(at), x.dtype(), shape, x, indices);
    }

    @Override
    public boolean differentiable(int input) {
        return input == 0;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> new TakeAdjoint(axis, at.input(0).shape()).on(upstream, at.input(1)));
    }
}
