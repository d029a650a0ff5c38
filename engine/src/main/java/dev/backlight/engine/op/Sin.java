package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.cos;
import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.UnaryFunction;
import java.util.List;

/** The sine. */
public record Sin() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.unary(UnaryFunction.SIN, inputs.getFirst());
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> mul(upstream, cos(at.input(0))));
    }
}
