package dev.backlight.kernels.vector;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import dev.backlight.engine.backend.BinaryFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** One loop per function of two elements, written out for the reason given at {@link UnaryLoops}. */
final class BinaryLoops {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    private BinaryLoops() {}

    /** y[to+i] = f(a[atA+i], b[atB+i]) for i below n, a multiple of the vector's length. */
    static void run(BinaryFunction function, float[] a, int atA, float[] b, int atB, float[] y, int to, int n) {
        switch (function) {
            case ADD -> add(a, atA, b, atB, y, to, n);
            case SUBTRACT -> subtract(a, atA, b, atB, y, to, n);
            case MULTIPLY -> multiply(a, atA, b, atB, y, to, n);
            case DIVIDE -> divide(a, atA, b, atB, y, to, n);
            case POWER -> power(a, atA, b, atB, y, to, n);
            case MINIMUM -> minimum(a, atA, b, atB, y, to, n);
            case MAXIMUM -> maximum(a, atA, b, atB, y, to, n);
            case EQUAL -> equal(a, atA, b, atB, y, to, n);
            case LESS -> less(a, atA, b, atB, y, to, n);
            case LESS_OR_EQUAL -> lessOrEqual(a, atA, b, atB, y, to, n);
            case GREATER -> less(b, atB, a, atA, y, to, n);
            case GREATER_OR_EQUAL -> lessOrEqual(b, atB, a, atA, y, to, n);
            case GATE -> gate(a, atA, b, atB, y, to, n);
        }
    }

    /** a where the condition is not 0, else b. */
    static void select(float[] condition, int at, float[] a, int atA, float[] b, int atB, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            load(b, atB + i)
                    .blend(load(a, atA + i), load(condition, at + i).compare(NE, 0))
                    .intoArray(y, to + i);
        }
    }

    /** x·scale + shift, rounded once. */
    static void affine(float[] x, int at, float[] scale, int atA, float[] shift, int atB, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            load(x, at + i).fma(load(scale, atA + i), load(shift, atB + i)).intoArray(y, to + i);
        }
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(S, x, at);
    }

    private static void add(float[] a, int atA, float[] b, int atB, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            load(a, atA + i).add(load(b, atB + i)).intoArray(y, to + i);
        }
    }

    private static void subtract(float[] a, int atA, float[] b, int atB, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            load(a, atA + i).sub(load(b, atB + i)).intoArray(y, to + i);
        }
    }

    private static void multiply(float[] a, int atA, float[] b, int atB, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            load(a, atA + i).mul(load(b, atB + i)).intoArray(y, to + i);
        }
    }

    private static void divide(float[] a, int atA, float[] b, int atB, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            load(a, atA + i).div(load(b, atB + i)).intoArray(y, to + i);
        }
    }

    private static void power(float[] a, int atA, float[] b, int atB, float[] y, int to, int n) {
        for (int i = 0; i < n; i++) {
            y[to + i] = (float) Math.pow(a[atA + i], b[atB + i]);
        }
    }

    private static void minimum(float[] a, int atA, float[] b, int atB, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            load(a, atA + i).min(load(b, atB + i)).intoArray(y, to + i);
        }
    }

    private static void maximum(float[] a, int atA, float[] b, int atB, float[] y, int to, int n) {
        for (int i = 0; i < n; i += L) {
            load(a, atA + i).max(load(b, atB + i)).intoArray(y, to + i);
        }
    }

    private static void equal(float[] a, int atA, float[] b, int atB, float[] y, int to, int n) {
        FloatVector zero = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            zero.blend(1, load(a, atA + i).compare(EQ, load(b, atB + i))).intoArray(y, to + i);
        }
    }

    private static void less(float[] a, int atA, float[] b, int atB, float[] y, int to, int n) {
        FloatVector zero = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            zero.blend(1, load(a, atA + i).compare(LT, load(b, atB + i))).intoArray(y, to + i);
        }
    }

    private static void lessOrEqual(float[] a, int atA, float[] b, int atB, float[] y, int to, int n) {
        FloatVector zero = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            zero.blend(1, load(a, atA + i).compare(LE, load(b, atB + i))).intoArray(y, to + i);
        }
    }

    private static void gate(float[] a, int atA, float[] b, int atB, float[] y, int to, int n) {
        FloatVector zero = FloatVector.zero(S);
        for (int i = 0; i < n; i += L) {
            zero.blend(load(a, atA + i), load(b, atB + i).compare(GT, 0)).intoArray(y, to + i);
        }
    }
}
