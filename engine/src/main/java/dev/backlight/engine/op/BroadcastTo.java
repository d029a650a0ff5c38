package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/** Stretches axes of size 1, and missing leading axes, to a shape; adjoint to {@link SumTo}. */
public record BroadcastTo(Shape shape) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        if (!x.shape().broadcastsTo(shape)) {
            throw new ShapeException("shape " + x.shape() + " does not broadcast to " + shape);
        }
        return Tensor.execute(x.backend(), new Primitive.Broadcast(), x.dtype(), shape, x);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> Ops.sumTo(upstream, at.input(0).shape()));
    }
}
