package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic, reductions, shapes and linear algebra as static functions, so that code reads like the formula. Two operands
 * broadcast as in NumPy and must agree in type and device, otherwise {@link dev.backlight.engine.shape.ShapeException}.
 */
public final class Ops {
    private Ops() {}

    // --- elementwise ------------------------------------------------------------------------------------------------

    public static Tensor add(Tensor a, Tensor b) {
        return new Add().on(a, b);
    }

    public static Tensor add(Tensor a, double b) {
        return new Affine(1, b).on(a);
    }

    public static Tensor sub(Tensor a, Tensor b) {
        return new Subtract().on(a, b);
    }

    public static Tensor sub(double a, Tensor b) {
        return new Affine(-1, a).on(b);
    }

    public static Tensor mul(Tensor a, Tensor b) {
        return new Multiply().on(a, b);
    }

    public static Tensor mul(Tensor a, double b) {
        return new Affine(b, 0).on(a);
    }

    public static Tensor div(Tensor a, Tensor b) {
        return new Divide().on(a, b);
    }

    public static Tensor neg(Tensor x) {
        return new Negate().on(x);
    }

    public static Tensor abs(Tensor x) {
        return new Abs().on(x);
    }

    public static Tensor sign(Tensor x) {
        return new Sign().on(x);
    }

    public static Tensor square(Tensor x) {
        return new Square().on(x);
    }

    public static Tensor exp(Tensor x) {
        return new Exp().on(x);
    }

    public static Tensor log(Tensor x) {
        return new Log().on(x);
    }

    /** 1 where x > 0, else 0. */
    public static Tensor step(Tensor x) {
        return new Step().on(x);
    }

    /** a where b > 0, else 0; sends nothing to b. */
    public static Tensor gate(Tensor a, Tensor b) {
        return new Gate().on(a, b);
    }

    /** a to the power b; a is positive where b gets a signal. */
    public static Tensor pow(Tensor a, Tensor b) {
        return new Power().on(a, b);
    }

    public static Tensor pow(Tensor x, double exponent) {
        return new PowerOf(exponent).on(x);
    }

    public static Tensor sqrt(Tensor x) {
        return new Sqrt().on(x);
    }

    public static Tensor reciprocal(Tensor x) {
        return new Reciprocal().on(x);
    }

    public static Tensor sin(Tensor x) {
        return new Sin().on(x);
    }

    public static Tensor cos(Tensor x) {
        return new Cos().on(x);
    }

    public static Tensor erf(Tensor x) {
        return new Erf().on(x);
    }

    public static Tensor floor(Tensor x) {
        return new Floor().on(x);
    }

    public static Tensor ceil(Tensor x) {
        return new Ceil().on(x);
    }

    /** To the nearest integer, halves to even. */
    public static Tensor round(Tensor x) {
        return new Round().on(x);
    }

    public static Tensor minimum(Tensor a, Tensor b) {
        return new Minimum().on(a, b);
    }

    public static Tensor maximum(Tensor a, Tensor b) {
        return new Maximum().on(a, b);
    }

    /** min(max(x, low), high). */
    public static Tensor clip(Tensor x, double low, double high) {
        return new Clip(low, high).on(x);
    }

    public static Tensor cast(Tensor x, DType dtype) {
        return x.dtype() == dtype ? x : new Cast(dtype).on(x);
    }

    // --- comparisons: 1 or 0 in the operands' type -------------------------------------------------------------------

    public static Tensor equal(Tensor a, Tensor b) {
        return new Compare(BinaryFunction.EQUAL).on(a, b);
    }

    public static Tensor equal(Tensor a, double b) {
        return equal(a, Tensor.full(a.backend(), a.dtype(), Shape.scalar(), b));
    }

    public static Tensor less(Tensor a, Tensor b) {
        return new Compare(BinaryFunction.LESS).on(a, b);
    }

    public static Tensor lessOrEqual(Tensor a, Tensor b) {
        return new Compare(BinaryFunction.LESS_OR_EQUAL).on(a, b);
    }

    public static Tensor greater(Tensor a, Tensor b) {
        return new Compare(BinaryFunction.GREATER).on(a, b);
    }

    public static Tensor greaterOrEqual(Tensor a, Tensor b) {
        return new Compare(BinaryFunction.GREATER_OR_EQUAL).on(a, b);
    }

    /** a where the condition, of any type, is not 0, else b. */
    public static Tensor where(Tensor condition, Tensor a, Tensor b) {
        return new Where().on(cast(condition, a.dtype()), a, b);
    }

    // --- reductions -------------------------------------------------------------------------------------------------

    /** The sum over the axes, which disappear; over all of them when none is named. */
    public static Tensor sum(Tensor x, int... axes) {
        return reshape(sumKeeping(x, axes), dropped(x.shape(), axes));
    }

    /** The sum over the axes, which stay with size 1; over all of them when none is named. */
    public static Tensor sumKeeping(Tensor x, int... axes) {
        return sumTo(x, kept(x.shape(), axes));
    }

    /**
     * The mean over the axes, which disappear; over all of them when none is named.
     *
     * @throws ShapeException when there are no elements to average
     */
    public static Tensor mean(Tensor x, int... axes) {
        return mul(sum(x, axes), 1.0 / reducedCount(x.shape(), axes));
    }

    /** The mean over the axes, which stay with size 1; refuses as {@link #mean} does. */
    public static Tensor meanKeeping(Tensor x, int... axes) {
        return mul(sumKeeping(x, axes), 1.0 / reducedCount(x.shape(), axes));
    }

    /** The largest over the axes, which disappear; over all of them when none is named. Ties share the gradient equally. */
    public static Tensor max(Tensor x, int... axes) {
        return reshape(maxKeeping(x, axes), dropped(x.shape(), axes));
    }

    /** The largest over the axes, which stay with size 1. */
    public static Tensor maxKeeping(Tensor x, int... axes) {
        return new Extremum(Primitive.Reduction.MAX, kept(x.shape(), axes)).on(x);
    }

    /** The smallest over the axes, which disappear; over all of them when none is named. Ties share the gradient equally. */
    public static Tensor min(Tensor x, int... axes) {
        return reshape(minKeeping(x, axes), dropped(x.shape(), axes));
    }

    /** The smallest over the axes, which stay with size 1. */
    public static Tensor minKeeping(Tensor x, int... axes) {
        return new Extremum(Primitive.Reduction.MIN, kept(x.shape(), axes)).on(x);
    }

    /** log Σ eˣ over the axes, which disappear; over all of them when none is named. */
    public static Tensor logSumExp(Tensor x, int... axes) {
        return reshape(logSumExpKeeping(x, axes), dropped(x.shape(), axes));
    }

    /** log Σ eˣ over the axes, which stay with size 1. */
    public static Tensor logSumExpKeeping(Tensor x, int... axes) {
        return new LogSumExp(kept(x.shape(), axes)).on(x);
    }

    /** The I64 index of the largest element along an axis, which disappears; the first of equals. */
    public static Tensor argMax(Tensor x, int axis) {
        return reshape(new ArgMax(axis).on(x), x.shape().without(axis));
    }

    // --- shapes -----------------------------------------------------------------------------------------------------

    public static Tensor broadcastTo(Tensor x, Shape shape) {
        return x.shape().equals(shape) ? x : new BroadcastTo(shape).on(x);
    }

    /** Sums over the axes that broadcasting from {@code shape} would stretch. */
    public static Tensor sumTo(Tensor x, Shape shape) {
        return x.shape().equals(shape) ? x : new SumTo(shape).on(x);
    }

    public static Tensor reshape(Tensor x, Shape shape) {
        return x.shape().equals(shape) ? x : new Reshape(shape).on(x);
    }

    /** Axis {@code i} of the result is axis {@code order[i]} of x. */
    public static Tensor transpose(Tensor x, int... order) {
        int[] resolved = Arrays.stream(order).map(x.shape()::axis).toArray();
        return new Transpose(AxisList.of(resolved)).on(x);
    }

    /** Elements {@code from} to {@code to − 1} along one axis. */
    public static Tensor slice(Tensor x, int axis, int from, int to) {
        return slice(x, axis, from, to, 1);
    }

    /** Elements {@code from}, {@code from + step}, … before {@code to} along one axis; a negative step counts down. */
    public static Tensor slice(Tensor x, int axis, int from, int to, int step) {
        if (step == 0) {
            throw new ShapeException("a slice needs a step other than 0");
        }
        int at = x.shape().axis(axis);
        int[] starts = new int[x.shape().rank()];
        int[] steps = new int[x.shape().rank()];
        Arrays.fill(steps, 1);
        starts[at] = from;
        steps[at] = step;
        int count = Math.max(0, Math.ceilDiv(to - from, step));
        return new Slice(AxisList.of(starts), AxisList.of(steps), x.shape().with(at, count)).on(x);
    }

    // --- linear algebra ---------------------------------------------------------------------------------------------

    /**
     * The product of two matrices, or of stacks of them whose leading axes broadcast: {@code …×m×k · …×k×n → …×m×n}.
     *
     * @throws ShapeException when an operand is no matrix, inner sizes differ or leading axes do not broadcast
     */
    public static Tensor matmul(Tensor a, Tensor b) {
        return Products.matmul(a, b);
    }

    /** {@code x·wᵀ + bias} for x {@code …×I}, weights {@code O×I} and a bias of size O, or null for none. */
    public static Tensor linear(Tensor x, Tensor w, @Nullable Tensor bias) {
        return Products.linear(x, w, bias);
    }

    // --- axes -------------------------------------------------------------------------------------------------------

    /** The shape with the axes reduced to size 1; all of them when none is named. */
    static Shape kept(Shape shape, int... axes) {
        int[] sizes = shape.sizes();
        if (axes.length == 0) {
            Arrays.fill(sizes, 1);
        }
        for (int axis : axes) {
            sizes[shape.axis(axis)] = 1;
        }
        return Shape.of(sizes);
    }

    /** The shape without the axes; a scalar when none is named. */
    static Shape dropped(Shape shape, int... axes) {
        if (axes.length == 0) {
            return Shape.scalar();
        }
        boolean[] gone = new boolean[shape.rank()];
        for (int axis : axes) {
            gone[shape.axis(axis)] = true;
        }
        Shape result = shape;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            result = gone[axis] ? result.without(axis) : result;
        }
        return result;
    }

    /** @throws ShapeException when nothing is left to average */
    private static long reducedCount(Shape shape, int... axes) {
        Shape kept = kept(shape, axes);
        if (shape.elements() == 0 && kept.elements() > 0) {
            throw new ShapeException("the mean of no elements is undefined, but found shape " + shape);
        }
        return Math.max(1, shape.elements() / Math.max(1, kept.elements()));
    }
}
