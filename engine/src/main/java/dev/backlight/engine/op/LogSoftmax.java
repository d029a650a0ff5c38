package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.exp;
import static dev.backlight.engine.op.Ops.logSumExpKeeping;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sub;
import static dev.backlight.engine.op.Ops.sumKeeping;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import java.util.List;

/** x − log Σ eˣ along one axis, without overflow. */
public record LogSoftmax(int axis) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        try (Scope scope = Scope.open()) {
            return scope.keep(sub(x, logSumExpKeeping(x, axis)));
        }
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> sub(upstream, mul(exp(at.output()), sumKeeping(upstream, axis))));
    }
}
