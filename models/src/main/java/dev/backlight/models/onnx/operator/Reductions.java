package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.abs;
import static dev.backlight.engine.op.Ops.log;
import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.square;
import static dev.backlight.engine.op.Ops.sumKeeping;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Reductions over axes, which are an attribute in older operator sets and an input in newer ones. */
final class Reductions {
    private static final int AXES_BECOME_AN_INPUT = 18;
    private static final int AXES_OF_SUM_BECOME_AN_INPUT = 13;

    private Reductions() {}

    /** Reduces over axes, which stay with size 1. */
    private interface Reduction {
        Tensor over(Tensor x, int... axes);
    }

    static void register(OperatorRegistry.Builder to) {
        add(to, "ReduceSum", AXES_OF_SUM_BECOME_AN_INPUT, Ops::sumKeeping);
        add(to, "ReduceMean", AXES_BECOME_AN_INPUT, Ops::meanKeeping);
        add(to, "ReduceMax", AXES_BECOME_AN_INPUT, Ops::maxKeeping);
        add(to, "ReduceMin", AXES_BECOME_AN_INPUT, Ops::minKeeping);
        add(to, "ReduceLogSumExp", AXES_BECOME_AN_INPUT, Ops::logSumExpKeeping);
        add(to, "ReduceL1", AXES_BECOME_AN_INPUT, (x, axes) -> sumKeeping(abs(x), axes));
        add(to, "ReduceL2", AXES_BECOME_AN_INPUT, (x, axes) -> Norms.root(sumKeeping(square(x), axes), 2));
        add(to, "ReduceSumSquare", AXES_BECOME_AN_INPUT, (x, axes) -> sumKeeping(square(x), axes));
        add(to, "ReduceLogSum", AXES_BECOME_AN_INPUT, (x, axes) -> log(sumKeeping(x, axes)));
        add(to, "ReduceProd", AXES_BECOME_AN_INPUT, Reductions::product);
        to.add("ArgMax", at -> argMax(at, at.tensor(0))).add("ArgMin", at -> argMax(at, Ops.neg(at.tensor(0))));
    }

    private static void add(OperatorRegistry.Builder to, String name, int inputSince, Reduction reduction) {
        to.add(name, at -> reduce(at, reduction)).since(inputSince, name, at -> reduce(at, reduction), 1);
    }

    private static Tensor reduce(Invocation at, Reduction reduction) {
        Tensor x = at.tensor(0);
        int[] axes = at.axes("axes", 1, x.shape()).orElseGet(() -> new int[0]);
        if (axes.length == 0 && at.attributes().flag("noop_with_empty_axes", false)) {
            // No axis is reduced, but each element still goes through the formula: |x| for ReduceL1.
            return reshape(reduction.over(reshape(x, x.shape().insert(-1, 1)), -1), x.shape());
        }
        if (axes.length == 0) {
            axes = IntStream.range(0, x.shape().rank()).toArray();
        }
        Tensor kept = reduction.over(x, axes);
        return at.attributes().flag("keepdims", true) ? kept : reshape(kept, without(x.shape(), axes));
    }

    /** The first of equal elements wins, or, from the other end, the last. */
    private static Tensor argMax(Invocation at, Tensor x) {
        int axis = x.shape().axis(at.attributes().integer("axis", 0));
        Tensor indices = at.attributes().flag("select_last_index", false)
                ? Ops.sub(x.shape().size(axis) - 1.0, Ops.argMax(Shapes.flip(x, axis), axis))
                : Ops.argMax(x, axis);
        return at.attributes().flag("keepdims", true)
                ? reshape(indices, x.shape().with(axis, 1))
                : indices;
    }

    /** Halves are multiplied until one element is left, which unlike a sum of logarithms takes numbers of any sign. */
    private static Tensor product(Tensor x, int... axes) {
        Tensor result = x;
        for (int axis : axes) {
            while (result.shape().size(axis) > 1) {
                int half = result.shape().size(axis) / 2;
                int whole = 2 * half;
                Tensor halved = Ops.mul(Ops.slice(result, axis, 0, half), Ops.slice(result, axis, half, whole));
                result = whole == result.shape().size(axis)
                        ? halved
                        : Shapes.concat(axis, halved, Ops.slice(result, axis, whole, whole + 1));
            }
        }
        return result;
    }

    private static Shape without(Shape shape, int... axes) {
        return Shape.of(IntStream.range(0, shape.rank())
                .filter(axis -> Arrays.stream(axes).noneMatch(gone -> gone == axis))
                .map(shape::size)
                .toArray());
    }
}
