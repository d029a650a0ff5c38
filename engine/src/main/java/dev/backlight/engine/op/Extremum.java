package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.div;
import static dev.backlight.engine.op.Ops.equal;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sumTo;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/**
 * The largest or smallest element over the axes that have size 1 in {@code shape}; equal elements share the gradient
 * equally.
 */
public record Extremum(Primitive.Reduction reduction, Shape shape) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        if (!shape.broadcastsTo(x.shape()) || shape.rank() != x.shape().rank()) {
            throw new ShapeException("shape " + x.shape() + " cannot be reduced to " + shape);
        }
        if (x.shape().elements() == 0) {
            throw new ShapeException("the extremum of no elements is undefined, but found shape " + x.shape());
        }
        return Tensor.execute(x.backend(), new Primitive.Reduce(reduction), x.dtype(), shape, x);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> {
            Tensor winners = equal(at.input(0), at.output());
            return mul(div(upstream, sumTo(winners, shape)), winners);
        });
    }
}
