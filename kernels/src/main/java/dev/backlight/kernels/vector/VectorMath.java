package dev.backlight.kernels.vector;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.IS_NAN;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions of vectors, to a relative error of about 2·10⁻⁷; NaN, infinities, zeros and subnormal numbers give what
 * {@link Math} gives. Each reduces its argument to an interval near 0 and evaluates a polynomial there; the coefficients
 * are weighted least-squares fits on Chebyshev nodes, iterated towards the minimax fit (Lawson 1961). Every product and sum is
 * spelt out, so compiled code rounds as the interpreter does.
 */
final class VectorMath {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;

    /** 1.5·2²³: adding it leaves the nearest integer in the low bits of the significand. */
    private static final float ROUNDER = 0x1.8p23f;

    /** ln 2 in two parts; a product of the first with an exponent is exact. */
    private static final float LN2_HIGH = 0x1.62ep-1f;

    private static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);
    private static final float LOG2_E = (float) (1 / Math.log(2));
    private static final float SQRT_2 = (float) Math.sqrt(2);
    private static final int EXPONENT_BIAS = 127;
    private static final int SIGNIFICAND_BITS = 23;

    private VectorMath() {}

    /** eˣ = 2ⁿ·eʳ with |r| ≤ ½·ln 2. */
    static FloatVector exp(FloatVector x) {
        FloatVector bounded = x.max(-104f).min(89f);
        FloatVector shifted = bounded.fma(of(LOG2_E), of(ROUNDER));
        FloatVector n = shifted.sub(ROUNDER);
        FloatVector r = n.fma(of(-LN2_LOW), n.fma(of(-LN2_HIGH), bounded));
        FloatVector p = of(1.9789272e-4f)
                .fma(r, of(1.3945753e-3f))
                .fma(r, of(8.333504e-3f))
                .fma(r, of(4.166628e-2f))
                .fma(r, of(1.6666666e-1f))
                .fma(r, of(5e-1f));
        FloatVector y = r.mul(r).fma(p, r).add(1f);
        IntVector exponent = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDER));
        IntVector half = exponent.lanewise(ASHR, 1);
        return y.mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
    }

    /** ln x = e·ln 2 + ln(1+f) with √½ ≤ 1+f ≤ √2. */
    static FloatVector log(FloatVector x) {
        VectorMask<Float> subnormal = x.compare(LT, Float.MIN_NORMAL);
        FloatVector normal = x.mul(0x1p23f, subnormal);
        IntVector bits = normal.reinterpretAsInts();
        FloatVector m = bits.and(0x007fffff).or(0x3f800000).reinterpretAsFloats();
        VectorMask<Float> large = m.compare(GT, SQRT_2);
        FloatVector f = m.mul(0.5f, large).sub(1f);
        FloatVector e = ((FloatVector) bits.lanewise(ASHR, SIGNIFICAND_BITS).convert(I2F, 0)).sub(EXPONENT_BIAS);
        e = e.add(1f, large).sub(SIGNIFICAND_BITS, subnormal);
        FloatVector p = of(-7.6355025e-2f)
                .fma(f, of(1.2763266e-1f))
                .fma(f, of(-1.3160612e-1f))
                .fma(f, of(1.4201564e-1f))
                .fma(f, of(-1.6623296e-1f))
                .fma(f, of(2.0001233e-1f))
                .fma(f, of(-2.5000823e-1f))
                .fma(f, of(3.333333e-1f));
        FloatVector tail = f.mul(f).mul(p.fma(f, of(-0.5f)));
        FloatVector y = e.fma(of(LN2_HIGH), f.add(e.fma(of(LN2_LOW), tail)));
        y = y.blend(x, x.compare(EQ, Float.POSITIVE_INFINITY));
        y = y.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f));
        return y.blend(Float.NaN, x.compare(LT, 0f).or(x.test(IS_NAN)));
    }

    /** 1/(1+e⁻ˣ), from e^(−|x|) so that nothing overflows and small values keep their digits. */
    static FloatVector sigmoid(FloatVector x) {
        FloatVector e = exp(x.abs().neg());
        FloatVector nonNegative = of(1f).div(e.add(1f));
        return nonNegative.blend(e.mul(nonNegative), x.compare(LT, 0f));
    }

    /** A polynomial near 0, elsewhere 1 − 2/(e^(2|x|)+1) with x's sign. */
    static FloatVector tanh(FloatVector x) {
        FloatVector z = x.mul(x);
        FloatVector p = of(-5.6607695e-3f)
                .fma(z, of(2.0601988e-2f))
                .fma(z, of(-5.3729225e-2f))
                .fma(z, of(1.3331328e-1f))
                .fma(z, of(-3.3333278e-1f));
        FloatVector near = x.mul(z).fma(p, x);
        FloatVector magnitude = x.abs();
        FloatVector far = of(1f).sub(of(2f).div(exp(magnitude.add(magnitude)).add(1f)));
        return withSign(far, x).blend(near, magnitude.compare(LT, 0.625f));
    }

    /** log(1+eˣ) = max(x, 0) + log(1+e^(−|x|)); the rounding of 1+t is put back to first order. */
    static FloatVector softplus(FloatVector x) {
        FloatVector t = exp(x.abs().neg());
        FloatVector u = t.add(1f);
        FloatVector lost = t.sub(u.sub(1f)).div(u);
        return x.max(0f).add(log(u).add(lost));
    }

    /** An odd polynomial up to 1, then 1 − e^(−x²)·q(1/(1+|x|/2)); 1 from 4.2 on. */
    static FloatVector erf(FloatVector x) {
        FloatVector z = x.mul(x);
        FloatVector near = x.mul(of(7.889115e-5f)
                .fma(z, of(-8.02084e-4f))
                .fma(z, of(5.189535e-3f))
                .fma(z, of(-2.6854444e-2f))
                .fma(z, of(1.12836e-1f))
                .fma(z, of(-3.7612626e-1f))
                .fma(z, of(1.1283791f)));
        FloatVector magnitude = x.abs().min(4.2f);
        FloatVector t = of(1f).div(magnitude.fma(of(0.5f), of(1f)));
        FloatVector q = of(-2.3080173e-1f)
                .fma(t, of(6.366802e-1f))
                .fma(t, of(-6.446082e-2f))
                .fma(t, of(3.968022e-1f))
                .fma(t, of(2.5970057e-1f))
                .fma(t, of(1.8224858e-3f));
        FloatVector far = of(1f).sub(exp(magnitude.mul(magnitude).neg()).mul(q));
        return withSign(far, x).blend(near, x.abs().compare(LE, 1f));
    }

    private static FloatVector withSign(FloatVector magnitude, FloatVector sign) {
        return magnitude.blend(magnitude.neg(), sign.compare(LT, 0f));
    }

    private static FloatVector powerOfTwo(IntVector exponent) {
        return exponent.add(EXPONENT_BIAS).lanewise(LSHL, SIGNIFICAND_BITS).reinterpretAsFloats();
    }

    private static FloatVector of(float value) {
        return FloatVector.broadcast(S, value);
    }
}
