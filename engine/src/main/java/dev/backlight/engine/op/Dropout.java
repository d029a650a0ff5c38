package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.less;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sub;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/**
 * Zeroes each element with a probability and divides the others by the rest of it (Srivastava et al. 2014). Which ones
 * depends on the seed and the element's index only.
 */
public record Dropout(double probability, long seed) implements Op {
    /** @throws ShapeException when the probability is not in [0, 1) */
    public Dropout {
        if (!(probability >= 0 && probability < 1)) {
            throw new ShapeException("a dropout probability lies in [0, 1), but found " + probability);
        }
    }

    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        try (Scope scope = Scope.open()) {
            Tensor random = Tensor.random(x.backend(), x.dtype(), x.shape(), Primitive.Distribution.UNIFORM, seed);
            Tensor dropped = less(random, Tensor.full(x.backend(), x.dtype(), Shape.scalar(), probability));
            return scope.keep(mul(x, mul(sub(1, dropped), 1 / (1 - probability))));
        }
    }

    /** Linear: the signal meets the same mask. */
    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> new Dropout(probability, seed).on(upstream));
    }
}
