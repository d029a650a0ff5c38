package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sign;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.UnaryFunction;
import java.util.List;

/** |x|. Its slope at 0 is taken as 0. */
public record Abs() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.unary(UnaryFunction.ABSOLUTE, inputs.getFirst());
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> mul(upstream, sign(at.input(0))));
    }
}
