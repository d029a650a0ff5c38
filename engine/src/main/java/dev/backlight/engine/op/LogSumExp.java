package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.clip;
import static dev.backlight.engine.op.Ops.exp;
import static dev.backlight.engine.op.Ops.log;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sub;
import static dev.backlight.engine.op.Ops.sumTo;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** log Σ eˣ over the axes that have size 1 in {@code shape}, without overflow. */
public record LogSumExp(Shape shape) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        try (Scope scope = Scope.open()) {
            Tensor x = inputs.getFirst();
            // Bounded, because −∞ − (−∞) is no number.
            Tensor largest =
                    clip(new Extremum(Primitive.Reduction.MAX, shape).on(x), -Float.MAX_VALUE, Float.MAX_VALUE);
            return scope.keep(add(log(sumTo(exp(sub(x, largest)), shape)), largest));
        }
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> mul(upstream, exp(sub(at.input(0), at.output()))));
    }
}
