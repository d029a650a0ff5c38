package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/**
 * Inputs u and I64 indices of one shape: zeros, with {@code out[.., indices[.., i, ..], ..] += u[.., i, ..]}; adjoint to
 * {@link GatherElements}.
 */
public record ScatterAddElements(int axis, Shape shape) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor u = inputs.get(0);
        Tensor indices = inputs.get(1);
        GatherElements.requireFit("scatterAdd", shape, axis, indices);
        if (!u.shape().equals(indices.shape())) {
            throw new ShapeException("scatterAdd needs one index per element, but found elements " + u.shape()
                    + " and indices " + indices.shape());
        }
        return Tensor.execute(
                u.backend(), new Primitive.ScatterAddElements(shape.axis(axis)), u.dtype(), shape, u, indices);
    }

    @Override
    public boolean differentiable(int input) {
        return input == 0;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> new GatherElements(axis).on(upstream, at.input(1)));
    }
}
