package dev.backlight.models.onnx.export;

import static dev.backlight.models.onnx.export.Site.list;
import static dev.backlight.models.onnx.export.Site.whole;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.op.ArgMax;
import dev.backlight.engine.op.BroadcastTo;
import dev.backlight.engine.op.Concat;
import dev.backlight.engine.op.Embed;
import dev.backlight.engine.op.Extremum;
import dev.backlight.engine.op.GatherElements;
import dev.backlight.engine.op.LogSumExp;
import dev.backlight.engine.op.Pad;
import dev.backlight.engine.op.Reshape;
import dev.backlight.engine.op.Slice;
import dev.backlight.engine.op.SumTo;
import dev.backlight.engine.op.Take;
import dev.backlight.engine.op.Transpose;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.graph.Attribute;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** Writes rearrangements and reductions. */
final class ShapeLowering {
    private static final Map<String, Attribute> NONE = Map.of();

    private ShapeLowering() {}

    /** Whether the op is one of them, and is written now. */
    static boolean lower(Site at) {
        switch (at.op()) {
            case Reshape op -> at.end("Reshape", NONE, at.input(0), openReshape(at, op.shape()));
            case Transpose op ->
                at.emit("Transpose", Map.of("perm", list(op.order().toArray())));
            case BroadcastTo op ->
                at.end(
                        "Expand",
                        NONE,
                        at.input(0),
                        at.wholes("shape", op.shape().sizes()));
            case Concat op -> at.emit("Concat", Map.of("axis", whole(op.axis())));
            case Slice op -> slice(at, op);
            case Pad op -> pad(at, op.before(), op.after().toArray(), op.value());
            case Embed op -> embed(at, op);
            case Take op -> at.emit("Gather", Map.of("axis", whole(op.axis())));
            case GatherElements op -> at.emit("GatherElements", Map.of("axis", whole(op.axis())));
            case ArgMax op -> at.emit("ArgMax", Map.of("axis", whole(op.axis())));
            case SumTo op -> sumTo(at, op.shape());
            case Extremum op ->
                reduce(at, op.reduction() == Primitive.Reduction.MAX ? "ReduceMax" : "ReduceMin", op.shape());
            case LogSumExp op -> reduce(at, "ReduceLogSumExp", op.shape());
            default -> {
                return false;
            }
        }
        return true;
    }

    /** The images are the outermost axis in memory, so whatever takes their place in a new shape follows from the rest. */
    private static String openReshape(Site at, Shape shape) {
        int[] sizes = shape.sizes();
        if (sizes.length > 0) {
            sizes[0] = -1;
        }
        return at.wholes("shape", sizes);
    }

    private static void slice(Site at, Slice op) {
        Shape from = at.shape(0);
        int[] axes = IntStream.range(0, from.rank())
                .filter(axis ->
                        op.shape().size(axis) != from.size(axis) || op.step().get(axis) != 1)
                .toArray();
        long[] starts = Arrays.stream(axes).mapToLong(op.start()::get).toArray();
        long[] steps = Arrays.stream(axes).mapToLong(op.step()::get).toArray();
        long[] ends = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            long end = starts[i] + steps[i] * op.shape().size(axes[i]);
            // A negative end would count from the end of the axis.
            ends[i] = end < 0 ? Integer.MIN_VALUE : end;
        }
        at.end(
                "Slice",
                NONE,
                at.input(0),
                at.wholes("starts", starts),
                at.wholes("ends", ends),
                at.wholes("axes", axes),
                at.wholes("steps", steps));
    }

    private static void embed(Site at, Embed op) {
        int[] after = op.shape().sizes();
        for (int axis = 0; axis < after.length; axis++) {
            if (op.step().get(axis) != 1) {
                throw at.unsupported("ONNX cannot put elements apart");
            }
            after[axis] -= op.start().get(axis) + at.shape(0).size(axis);
        }
        pad(at, op.start(), after, 0);
    }

    private static void pad(Site at, AxisList before, int[] after, double value) {
        int[] pads = IntStream.concat(Arrays.stream(before.toArray()), Arrays.stream(after))
                .toArray();
        at.end("Pad", NONE, at.input(0), at.wholes("pads", pads), at.number(value));
    }

    private static void sumTo(Site at, Shape shape) {
        int[] padded = new int[at.shape(0).rank()];
        Arrays.fill(padded, 1);
        System.arraycopy(shape.sizes(), 0, padded, padded.length - shape.rank(), shape.rank());
        if (padded.length == shape.rank()) {
            reduce(at, "ReduceSum", shape);
            return;
        }
        String axes = at.wholes("axes", at.reducedAxes(Shape.of(padded)));
        String sum =
                at.via("ReduceSum", Map.of("keepdims", whole(1), "noop_with_empty_axes", whole(1)), at.input(0), axes);
        at.end("Reshape", NONE, sum, at.wholes("shape", shape.sizes()));
    }

    private static void reduce(Site at, String opType, Shape kept) {
        String axes = at.wholes("axes", at.reducedAxes(kept));
        at.end(opType, Map.of("keepdims", whole(1), "noop_with_empty_axes", whole(1)), at.input(0), axes);
    }
}
