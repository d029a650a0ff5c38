package dev.backlight.engine.op;

import static dev.backlight.engine.op.Neural.sigmoid;
import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.UnaryFunction;
import java.util.List;

/** log(1+eˣ), without overflow. */
public record Softplus() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.unary(UnaryFunction.SOFTPLUS, inputs.getFirst());
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> mul(upstream, sigmoid(at.input(0))));
    }
}
