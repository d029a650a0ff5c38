package dev.backlight.kernels.vector;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.IS_NAN;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.backlight.engine.backend.Primitive;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * One loop per function of one element. They are written out because C2 keeps vectors in registers only where the function is
 * inlined into its loop, and a loop shared by many functions inlines none of them.
 */
final class UnaryLoops {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    private UnaryLoops() {}

    /** Functions for which a scalar loop is enough: rare, or without a vector form. */
    @FunctionalInterface
    private interface Scalar {
        double apply(double x);
    }

    /** y[to+i] = f(x[at+i]) for i below n, a multiple of the vector's length. */
    static void run(Primitive.Unary unary, float[] x, int at, float[] y, int to, int n) {
        float alpha = (float) unary.alpha();
        float beta = (float) unary.beta();
        switch (unary.function()) {
            case NEGATE -> affine(-1, -0f, x, at, y, to, n);
            case ABSOLUTE -> absolute(x, at, y, to, n);
            case SIGN -> scalar(Math::signum, x, at, y, to, n);
            case EXP -> exp(x, at, y, to, n);
            case LOG -> log(x, at, y, to, n);
            case SQRT -> squareRoot(x, at, y, to, n);
            case RECIPROCAL -> reciprocal(x, at, y, to, n);
            case SQUARE -> square(x, at, y, to, n);
            case SIN -> scalar(Math::sin, x, at, y, to, n);
            case COS -> scalar(Math::cos, x, at, y, to, n);
            case TANH -> tanh(x, at, y, to, n);
            case SIGMOID -> sigmoid(x, at, y, to, n);
            case SOFTPLUS -> softplus(x, at, y, to, n);
            case ERF -> erf(x, at, y, to, n);
            case FLOOR -> scalar(Math::floor, x, at, y, to, n);
            case CEIL -> scalar(Math::ceil, x, at, y, to, n);
            case ROUND -> scalar(Math::rint, x, at, y, to, n);
            case POSITIVE_PART -> positivePart(x, at, y, to, n);
            case STEP -> step(x, at, y, to, n);
            case LEAKY -> leaky(alpha, x, at, y, to, n);
            case AFFINE -> affine(alpha, beta, x, at, y, to, n);
            case POWER -> power(unary.alpha(), x, at, y, to, n);
            case CLIP -> clip(alpha, beta, x, at, y, to, n);
            case INSIDE -> inside(alpha, beta, x, at, y, to, n);
        }
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(S, x, at);
    }

    private static void absolute(float[] x, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            load(x, at + i).abs().intoArray(y, to + i);
        }
    }

    private static void exp(float[] x, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMath.exp(load(x, at + i)).intoArray(y, to + i);
        }
    }

    private static void log(float[] x, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMath.log(load(x, at + i)).intoArray(y, to + i);
        }
    }

    private static void squareRoot(float[] x, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            load(x, at + i).sqrt().intoArray(y, to + i);
        }
    }

    private static void reciprocal(float[] x, int at, float[] y, int to, int n) {
        FloatVector one = FloatVector.broadcast(S, 1);
        for (int i = 0; i < n; i += L) {
            one.div(load(x, at + i)).intoArray(y, to + i);
        }
    }

    private static void square(float[] x, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = load(x, at + i);
            v.mul(v).intoArray(y, to + i);
        }
    }

    private static void tanh(float[] x, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMath.tanh(load(x, at + i)).intoArray(y, to + i);
        }
    }

    private static void sigmoid(float[] x, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMath.sigmoid(load(x, at + i)).intoArray(y, to + i);
        }
    }

    private static void softplus(float[] x, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMath.softplus(load(x, at + i)).intoArray(y, to + i);
        }
    }

    private static void erf(float[] x, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMath.erf(load(x, at + i)).intoArray(y, to + i);
        }
    }

    private static void positivePart(float[] x, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            load(x, at + i).max(0).intoArray(y, to + i);
        }
    }

    private static void leaky(float slope, float[] x, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = load(x, at + i);
            v.mul(slope).blend(v, v.compare(GT, 0)).intoArray(y, to + i);
        }
    }

    private static void affine(float scale, float shift, float[] x, int at, float[] y, int to, int n) {
        FloatVector a = FloatVector.broadcast(S, scale);
        FloatVector b = FloatVector.broadcast(S, shift);
        for (int i = 0; i < n; i += L) {
            load(x, at + i).fma(a, b).intoArray(y, to + i);
        }
    }

    private static void clip(float low, float high, float[] x, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            load(x, at + i).max(low).min(high).intoArray(y, to + i);
        }
    }

    /** 1 where x > 0, else 0; NaN stays NaN. */
    private static void step(float[] x, int at, float[] y, int to, int n) {
        FloatVector zero = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            FloatVector v = load(x, at + i);
            zero.blend(1, v.compare(GT, 0)).blend(v, v.test(IS_NAN)).intoArray(y, to + i);
        }
    }

    private static void inside(float low, float high, float[] x, int at, float[] y, int to, int n) {
        FloatVector zero = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            FloatVector v = load(x, at + i);
            VectorMask<Float> in = v.compare(GT, low).and(v.compare(LT, high));
            zero.blend(1, in).blend(v, v.test(IS_NAN)).intoArray(y, to + i);
        }
    }

    private static void power(double exponent, float[] x, int at, float[] y, int to, int n) {
        scalar(v -> Math.pow(v, exponent), x, at, y, to, n);
    }

    private static void scalar(Scalar function, float[] x, int at, float[] y, int to, int n) {
        for (int i = 0; i < n; i++) {
            y[to + i] = (float) function.apply(x[at + i]);
        }
    }
}
