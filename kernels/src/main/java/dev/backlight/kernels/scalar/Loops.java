package dev.backlight.kernels.scalar;

import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.Primitive;
import java.util.function.DoubleUnaryOperator;

/** Functions of the first n elements of arrays: what is cheap in loops that C2 vectorises, the rest through doubles. */
final class Loops {
    private Loops() {}

    static void unary(Primitive.Unary unary, float[] x, float[] y, int n) {
        double alpha = unary.alpha();
        double beta = unary.beta();
        switch (unary.function()) {
            case NEGATE -> negate(x, y, n);
            case SQUARE -> binary(BinaryFunction.MULTIPLY, x, x, y, n);
            case POSITIVE_PART -> positivePart(x, y, n);
            case LEAKY -> leaky(x, alpha, y, n);
            case AFFINE -> affine(x, alpha, beta, y, n);
            case ABSOLUTE -> each(x, y, n, Math::abs);
            case SIGN -> each(x, y, n, Math::signum);
            case EXP -> each(x, y, n, Math::exp);
            case LOG -> each(x, y, n, Math::log);
            case SQRT -> each(x, y, n, Math::sqrt);
            case RECIPROCAL -> each(x, y, n, v -> 1 / v);
            case SIN -> each(x, y, n, Math::sin);
            case COS -> each(x, y, n, Math::cos);
            case TANH -> each(x, y, n, Math::tanh);
            case SIGMOID -> each(x, y, n, Loops::sigmoid);
            case SOFTPLUS -> each(x, y, n, v -> Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))));
            case FLOOR -> each(x, y, n, Math::floor);
            case CEIL -> each(x, y, n, Math::ceil);
            case ROUND -> each(x, y, n, Math::rint);
            case STEP -> each(x, y, n, v -> Double.isNaN(v) ? v : v > 0 ? 1 : 0);
            case POWER -> each(x, y, n, v -> Math.pow(v, alpha));
            case CLIP -> each(x, y, n, v -> Math.min(Math.max(v, alpha), beta));
            case INSIDE -> each(x, y, n, v -> Double.isNaN(v) ? v : v > alpha && v < beta ? 1 : 0);
            case ERF -> throw new IllegalArgumentException("the error function is left to the reference backend");
        }
    }

    static double sigmoid(double x) {
        double e = Math.exp(-Math.abs(x));
        return (x >= 0 ? 1 : e) / (1 + e);
    }

    private static void each(float[] x, float[] y, int n, DoubleUnaryOperator function) {
        for (int i = 0; i < n; i++) {
            y[i] = (float) function.applyAsDouble(x[i]);
        }
    }

    private static void negate(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = -x[i];
        }
    }

    private static void positivePart(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = Math.max(x[i], 0);
        }
    }

    private static void leaky(float[] x, double alpha, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = x[i] > 0 ? x[i] : (float) (alpha * x[i]);
        }
    }

    private static void affine(float[] x, double alpha, double beta, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = (float) (alpha * x[i] + beta);
        }
    }

    static void binary(BinaryFunction function, float[] a, float[] b, float[] y, int n) {
        switch (function) {
            case ADD -> add(a, b, y, n);
            case SUBTRACT -> subtract(a, b, y, n);
            case MULTIPLY -> multiply(a, b, y, n);
            case DIVIDE -> divide(a, b, y, n);
            case MINIMUM -> minimum(a, b, y, n);
            case MAXIMUM -> maximum(a, b, y, n);
            case GATE -> gate(a, b, y, n);
            default -> others(function, a, b, y, n);
        }
    }

    private static void add(float[] a, float[] b, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] + b[i];
        }
    }

    private static void subtract(float[] a, float[] b, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] - b[i];
        }
    }

    private static void multiply(float[] a, float[] b, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] * b[i];
        }
    }

    private static void divide(float[] a, float[] b, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = a[i] / b[i];
        }
    }

    private static void minimum(float[] a, float[] b, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = Math.min(a[i], b[i]);
        }
    }

    private static void maximum(float[] a, float[] b, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = Math.max(a[i], b[i]);
        }
    }

    private static void gate(float[] a, float[] b, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = b[i] > 0 ? a[i] : 0;
        }
    }

    private static void others(BinaryFunction function, float[] a, float[] b, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = switch (function) {
                case POWER -> (float) Math.pow(a[i], b[i]);
                case EQUAL -> a[i] == b[i] ? 1 : 0;
                case LESS -> a[i] < b[i] ? 1 : 0;
                case LESS_OR_EQUAL -> a[i] <= b[i] ? 1 : 0;
                case GREATER -> a[i] > b[i] ? 1 : 0;
                case GREATER_OR_EQUAL -> a[i] >= b[i] ? 1 : 0;
                default -> throw new IllegalArgumentException(function.toString());
            };
        }
    }

    static void select(float[] condition, float[] a, float[] b, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = condition[i] != 0 ? a[i] : b[i];
        }
    }

    static void affine(float[] x, float[] scale, float[] shift, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = Math.fma(x[i], scale[i], shift[i]);
        }
    }
}
