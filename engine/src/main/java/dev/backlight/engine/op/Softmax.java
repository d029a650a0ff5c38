package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.exp;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sub;
import static dev.backlight.engine.op.Ops.sumKeeping;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import java.util.List;

/** eˣ / Σ eˣ along one axis, without overflow. */
public record Softmax(int axis) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {

        try (Scope scope = Scope.open()) {
            return scope.keep(exp(new LogSoftmax(axis).on(inputs.getFirst())));
        }
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {

        Tensor y = at.output();
        return Gradients.of(() -> mul(y, sub(upstream, sumKeeping(mul(upstream, y), axis))));
    }
}
