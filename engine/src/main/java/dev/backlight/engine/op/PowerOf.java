package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.pow;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.UnaryFunction;
import java.util.List;

/** x to a constant power. */
public record PowerOf(double exponent) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.unary(UnaryFunction.POWER, exponent, 0, inputs.getFirst());
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> mul(upstream, slope(at.input(0))));
    }

    /** exponent·x^(exponent−1), without the 0·∞ that exponents 0 and 1 would give at x = 0. */
    private Tensor slope(Tensor x) {
        if (exponent == 0 || exponent == 1) {
            return Tensor.full(x.backend(), x.dtype(), x.shape(), exponent);
        }
        return mul(pow(x, exponent - 1), exponent);
    }
}
