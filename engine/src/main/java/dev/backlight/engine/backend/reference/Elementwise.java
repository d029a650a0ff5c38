package dev.backlight.engine.backend.reference;

import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.Primitive;

final class Elementwise {
    private Elementwise() {}

    static void unary(Primitive.Unary unary, Values in, Values out) {
        for (int i = 0; i < out.data().length; i++) {
            out.data()[i] = apply(unary, in.data()[i]);
        }
    }

    static void binary(BinaryFunction function, Values a, Values b, Values out) {
        int[] fromA = Offsets.broadcast(a.shape(), out.shape());
        int[] fromB = Offsets.broadcast(b.shape(), out.shape());
        for (int i = 0; i < out.data().length; i++) {
            out.data()[i] = apply(function, a.data()[fromA[i]], b.data()[fromB[i]]);
        }
    }

    static void select(Values condition, Values a, Values b, Values out) {
        int[] fromCondition = Offsets.broadcast(condition.shape(), out.shape());
        int[] fromA = Offsets.broadcast(a.shape(), out.shape());
        int[] fromB = Offsets.broadcast(b.shape(), out.shape());
        for (int i = 0; i < out.data().length; i++) {
            boolean chosen = condition.data()[fromCondition[i]] != 0;
            out.data()[i] = chosen ? a.data()[fromA[i]] : b.data()[fromB[i]];
        }
    }

    static void broadcast(Values in, Values out) {
        int[] from = Offsets.broadcast(in.shape(), out.shape());
        for (int i = 0; i < out.data().length; i++) {
            out.data()[i] = in.data()[from[i]];
        }
    }

    private static double apply(Primitive.Unary unary, double x) {
        double alpha = unary.alpha();
        double beta = unary.beta();
        return switch (unary.function()) {
            case NEGATE -> -x;
            case ABSOLUTE -> Math.abs(x);
            case SIGN -> Math.signum(x);
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case SQRT -> Math.sqrt(x);
            case RECIPROCAL -> 1 / x;
            case SQUARE -> x * x;
            case SIN -> Math.sin(x);
            case COS -> Math.cos(x);
            case TANH -> Math.tanh(x);
            case SIGMOID -> sigmoid(x);
            case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
            case ERF -> ErrorFunction.erf(x);
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case ROUND -> Math.rint(x);
            case POSITIVE_PART -> Math.max(x, 0);
            case STEP -> Double.isNaN(x) ? x : x > 0 ? 1 : 0;
            case LEAKY -> x > 0 ? x : alpha * x;
            case AFFINE -> alpha * x + beta;
            case POWER -> Math.pow(x, alpha);
            case CLIP -> Math.min(Math.max(x, alpha), beta);
            case INSIDE -> Double.isNaN(x) ? x : x > alpha && x < beta ? 1 : 0;
        };
    }

    static double sigmoid(double x) {
        if (x >= 0) {
            return 1 / (1 + Math.exp(-x));
        }
        double e = Math.exp(x);
        return e / (1 + e);
    }

    private static double apply(BinaryFunction function, double a, double b) {
        return switch (function) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case POWER -> Math.pow(a, b);
            case MINIMUM -> Math.min(a, b);
            case MAXIMUM -> Math.max(a, b);
            case EQUAL -> a == b ? 1 : 0;
            case LESS -> a < b ? 1 : 0;
            case LESS_OR_EQUAL -> a <= b ? 1 : 0;
            case GREATER -> a > b ? 1 : 0;
            case GREATER_OR_EQUAL -> a >= b ? 1 : 0;
            case GATE -> b > 0 ? a : 0;
        };
    }
}
