package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/**
 * {@code out[i] = x[start + i·step]} along every axis, for {@code i < shape}; steps may be negative. Adjoint to
 * {@link Embed}. A slice of leading rows is a view and copies nothing.
 */
public record Slice(AxisList start, AxisList step, Shape shape) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        requireInside(start, step, shape, x.shape());
        if (isContiguous(x.shape())) {
            long row = x.shape().size(0) == 0
                    ? 0
                    : x.shape().elements() / x.shape().size(0);
            return Tensor.of(
                    x.backend(),
                    new DeviceArray(shape, x.array().buffer().slice(start.get(0) * row, shape.elements())));
        }
        return Tensor.execute(x.backend(), new Primitive.Slice(start, step), x.dtype(), shape, x);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> new Embed(start, step, at.input(0).shape()).on(upstream));
    }

    private boolean isContiguous(Shape large) {
        if (large.rank() == 0) {
            return false;
        }
        for (int axis = 1; axis < large.rank(); axis++) {
            if (shape.size(axis) != large.size(axis) || step.get(axis) != 1) {
                return false;
            }
        }
        return step.get(0) == 1 || shape.size(0) == 1;
    }

    /** @throws ShapeException when a strided part of shape {@code shape} leaves a tensor of shape {@code large} */
    static void requireInside(AxisList start, AxisList step, Shape shape, Shape large) {
        boolean fits = large.rank() == shape.rank() && start.size() == shape.rank() && step.size() == shape.rank();
        for (int axis = 0; fits && axis < large.rank(); axis++) {
            int last = start.get(axis) + Math.max(0, shape.size(axis) - 1) * step.get(axis);
            boolean empty = shape.size(axis) == 0;
            fits = empty
                    || (start.get(axis) >= 0
                            && start.get(axis) < large.size(axis)
                            && last >= 0
                            && last < large.size(axis));
        }
        if (!fits) {
            throw new ShapeException("a slice of shape " + shape + " from " + start + " in steps of " + step
                    + " leaves a tensor of shape " + large);
        }
    }
}
