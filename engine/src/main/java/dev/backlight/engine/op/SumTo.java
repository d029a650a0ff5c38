package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/** Sums over the axes that broadcasting from {@code shape} would stretch; adjoint to {@link BroadcastTo}. */
public record SumTo(Shape shape) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        if (!shape.broadcastsTo(x.shape())) {
            throw new ShapeException("shape " + x.shape() + " cannot be summed to " + shape);
        }
        Shape kept = Broadcasting.padded(shape, x.shape().rank());
        Tensor sum = Tensor.execute(x.backend(), new Primitive.Reduce(Primitive.Reduction.SUM), x.dtype(), kept, x);
        return Tensor.of(x.backend(), sum.array().reshape(shape));
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> Ops.broadcastTo(upstream, at.input(0).shape()));
    }
}
