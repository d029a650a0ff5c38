package dev.backlight.engine.op;

import static dev.backlight.engine.op.Neural.sigmoid;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sub;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import java.util.List;

/** x·sigmoid(x), also called swish. */
public record Silu() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        try (Scope scope = Scope.open()) {
            return scope.keep(mul(x, sigmoid(x)));
        }
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {

        Tensor y = at.output();
        return Gradients.of(() -> {
            Tensor s = sigmoid(at.input(0));
            return mul(upstream, add(y, mul(s, sub(1, y))));
        });
    }
}
