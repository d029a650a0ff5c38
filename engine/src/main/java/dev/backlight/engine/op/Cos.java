package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.neg;
import static dev.backlight.engine.op.Ops.sin;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.UnaryFunction;
import java.util.List;

/** The cosine. */
public record Cos() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.unary(UnaryFunction.COS, inputs.getFirst());
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> neg(mul(upstream, sin(at.input(0)))));
    }
}
