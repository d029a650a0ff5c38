package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.exp;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.step;
import static dev.backlight.engine.op.Ops.where;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** x where x > 0, else alpha·(eˣ − 1) (Clevert et al. 2016). At 0 every derivative is that of the exponential. */
public record Elu(double alpha) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        try (Scope scope = Scope.open()) {
            Tensor open = step(x);
            return scope.keep(where(open, x, mul(add(expOfClosed(x, open), -1), alpha)));
        }
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> {
            Tensor x = at.input(0);
            Tensor open = step(x);
            return mul(upstream, where(open, scalar(x, 1), mul(expOfClosed(x, open), alpha)));
        });
    }

    /** The exponential meets no positive x, where it might overflow. */
    private static Tensor expOfClosed(Tensor x, Tensor open) {
        return exp(where(open, scalar(x, 0), x));
    }

    private static Tensor scalar(Tensor like, double value) {
        return Tensor.full(like.backend(), like.dtype(), Shape.scalar(), value);
    }
}
