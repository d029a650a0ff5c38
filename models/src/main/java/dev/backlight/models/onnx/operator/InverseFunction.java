package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.abs;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.div;
import static dev.backlight.engine.op.Ops.equal;
import static dev.backlight.engine.op.Ops.greater;
import static dev.backlight.engine.op.Ops.log;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.pow;
import static dev.backlight.engine.op.Ops.reciprocal;
import static dev.backlight.engine.op.Ops.sign;
import static dev.backlight.engine.op.Ops.sqrt;
import static dev.backlight.engine.op.Ops.square;
import static dev.backlight.engine.op.Ops.sub;
import static dev.backlight.engine.op.Ops.where;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** The inverse trigonometric and hyperbolic functions, without cancellation near 0 and overflow far from it. */
record InverseFunction(Kind kind) implements Op {
    /** Which of them. */
    enum Kind {
        ASIN,
        ACOS,
        ATAN,
        ASINH,
        ACOSH,
        ATANH
    }

    /** From here on x² + 1 is x² in both precisions, and still far from overflowing. */
    private static final double LARGE = 1e9;

    private static final double LN_2 = Math.log(2);
    private static final int HALVINGS = 3;
    /** At most tan(π/32) is left after the halvings: the next term is below 10⁻¹⁷ of the sum. */
    private static final int TERMS = 9;

    static Tensor of(Kind kind, Tensor x) {
        return new InverseFunction(kind).on(x);
    }

    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        try (Scope scope = Scope.open()) {
            return scope.keep(
                    switch (kind) {
                        case ASIN -> arcSine(x);
                        case ACOS -> mul(arcTangent(sqrt(div(sub(1, x), add(x, 1)))), 2);
                        case ATAN -> arcTangent(x);
                        case ASINH -> inverseSinh(x);
                        case ACOSH -> inverseCosh(x);
                        case ATANH -> inverseTanh(x);
                    });
        }
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> mul(upstream, slope(at.input(0))));
    }

    private Tensor slope(Tensor x) {
        return switch (kind) {
            case ASIN -> pow(mul(sub(1, x), add(x, 1)), -0.5);
            case ACOS -> Ops.neg(pow(mul(sub(1, x), add(x, 1)), -0.5));
            case ATAN -> reciprocal(add(square(x), 1));
            case ASINH -> pow(add(square(x), 1), -0.5);
            case ACOSH -> mul(pow(add(x, -1), -0.5), pow(add(x, 1), -0.5));
            case ATANH -> reciprocal(mul(sub(1, x), add(x, 1)));
        };
    }

    /** 2·atan(x / (1 + √(1 − x²))). */
    private static Tensor arcSine(Tensor x) {
        Tensor cosine = sqrt(mul(sub(1, x), add(x, 1)));
        return mul(arcTangent(div(x, add(cosine, 1))), 2);
    }

    /** From below 1, where π/2 − atan(1/x) leads, by atan t = 2·atan(t / (1 + √(1 + t²))) to the series around 0. */
    private static Tensor arcTangent(Tensor x) {
        Tensor size = abs(x);
        Tensor isLarge = greater(size, scalar(x, 1));
        Tensor t = where(isLarge, reciprocal(size), size);
        for (int i = 0; i < HALVINGS; i++) {
            t = div(t, add(sqrt(add(square(t), 1)), 1));
        }
        Tensor angle = mul(series(t), 1 << HALVINGS);
        return mul(sign(x), where(isLarge, sub(Math.PI / 2, angle), angle));
    }

    /** t − t³/3 + t⁵/5 − …. */
    private static Tensor series(Tensor t) {
        Tensor minusSquare = Ops.neg(square(t));
        Tensor sum = mul(minusSquare, 1.0 / (2 * TERMS - 1));
        for (int term = TERMS - 2; term > 0; term--) {
            sum = mul(add(sum, 1.0 / (2 * term + 1)), minusSquare);
        }
        return add(mul(sum, t), t);
    }

    /** Odd; log(1 + s + s²/(1 + √(1 + s²))) of the size s. */
    private static Tensor inverseSinh(Tensor x) {
        Tensor size = abs(x);
        Tensor square = square(size);
        Tensor near = logOfOnePlus(add(size, div(square, add(sqrt(add(square, 1)), 1))));
        return mul(sign(x), orFar(size, near));
    }

    /** log(1 + t + √(t² + 2t)) of t = x − 1. */
    private static Tensor inverseCosh(Tensor x) {
        Tensor t = add(x, -1);
        return orFar(x, logOfOnePlus(add(t, sqrt(mul(t, add(t, 2))))));
    }

    /** Odd; ½·log(1 + 2s/(1 − s)) of the size s. */
    private static Tensor inverseTanh(Tensor x) {
        Tensor size = abs(x);
        return mul(sign(x), mul(logOfOnePlus(div(mul(size, 2), sub(1, size))), 0.5));
    }

    /** log 2x where x is large. */
    private static Tensor orFar(Tensor x, Tensor near) {
        return where(greater(x, scalar(x, LARGE)), add(log(x), LN_2), near);
    }

    /** log(1 + u), whose rounding of 1 + u is undone (Goldberg 1991, theorem 4). */
    private static Tensor logOfOnePlus(Tensor u) {
        Tensor sum = add(u, 1);
        Tensor kept = add(sum, -1);
        Tensor corrected = div(mul(log(sum), u), kept);
        Tensor finite = where(equal(kept, 0), u, corrected);
        return where(equal(u, Double.POSITIVE_INFINITY), u, finite);
    }

    private static Tensor scalar(Tensor like, double value) {
        return Tensor.full(like.backend(), like.dtype(), Shape.scalar(), value);
    }
}
