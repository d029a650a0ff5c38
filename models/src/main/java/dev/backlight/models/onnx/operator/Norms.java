package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.cast;
import static dev.backlight.engine.op.Ops.equal;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.pow;
import static dev.backlight.engine.op.Ops.sqrt;
import static dev.backlight.engine.op.Ops.sub;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;

/** Norms, whose gradient where all elements are 0 is taken as 0: there it would be 0·∞. */
final class Norms {
    private Norms() {}

    /** {@code s^(1/p)} of sums s of elements to the power p. */
    static Tensor root(Tensor sums, double p) {
        if (p == 1) {
            return sums;
        }
        Tensor isZero = cast(equal(sums, 0), sums.dtype());
        Tensor positive = add(sums, isZero);
        return mul(p == 2 ? sqrt(positive) : pow(positive, 1 / p), sub(1, isZero));
    }

    /** |x|ᵖ. */
    static Tensor power(Tensor x, double p) {
        return p == 1 ? Ops.abs(x) : p == 2 ? Ops.square(x) : pow(Ops.abs(x), p);
    }
}
