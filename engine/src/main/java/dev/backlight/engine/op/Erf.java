package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.exp;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.neg;
import static dev.backlight.engine.op.Ops.square;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.UnaryFunction;
import java.util.List;

/** The error function 2/√π·∫₀ˣ e^(−t²) dt. */
public record Erf() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.unary(UnaryFunction.ERF, inputs.getFirst());
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> mul(upstream, mul(exp(neg(square(at.input(0)))), 2 / Math.sqrt(Math.PI))));
    }
}
