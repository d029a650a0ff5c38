package dev.backlight.engine.op;

import static dev.backlight.engine.op.Broadcasting.back;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.equal;
import static dev.backlight.engine.op.Ops.log;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.pow;
import static dev.backlight.engine.op.Ops.where;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** a to the power b, broadcasting; the exponent gets a signal only where a > 0 makes it differentiable. */
public record Power() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.binary(BinaryFunction.POWER, inputs);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {

        Tensor a = at.input(0);
        Tensor b = at.input(1);
        return Gradients.of(
                () -> back(mul(upstream, mul(b, pow(a, lowered(a, b)))), a),
                () -> back(mul(upstream, mul(at.output(), logOrZero(a))), b));
    }

    /** b − 1, and 0 where a and b are 0, so that x⁰ has slope 0 at 0 instead of 0·∞. */
    private static Tensor lowered(Tensor a, Tensor b) {
        Tensor undefined = mul(equal(a, 0), equal(b, 0));
        Tensor zero = Tensor.full(a.backend(), a.dtype(), Shape.scalar(), 0);
        return where(undefined, zero, add(b, -1));
    }

    /** log a, and 0 where a is 0, so that 0ᵇ has slope 0 in b instead of 0·∞. */
    private static Tensor logOrZero(Tensor a) {
        Tensor zero = equal(a, 0);
        return log(where(zero, zero, a));
    }
}
