package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** Zeros of a shape, with {@code out[start + i·step] = x[i]}: zero padding and dilation; adjoint to {@link Slice}. */
public record Embed(AxisList start, AxisList step, Shape shape) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        Slice.requireInside(start, step, x.shape(), shape);
        return Tensor.execute(x.backend(), new Primitive.Embed(start, step), x.dtype(), shape, x);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> new Slice(start, step, at.input(0).shape()).on(upstream));
    }
}
