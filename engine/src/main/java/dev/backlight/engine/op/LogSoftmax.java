package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.exp;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sub;
import static dev.backlight.engine.op.Ops.sumKeeping;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import java.util.List;

/** x − log Σ eˣ along one axis, without overflow: the logarithm of {@link Softmax}. */
public record LogSoftmax(int axis) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Softmax.run("logSoftmax", inputs.getFirst(), axis, true);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> sub(upstream, mul(exp(at.output()), sumKeeping(upstream, axis))));
    }
}
