package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.slice;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.op.Concat;
import dev.backlight.engine.op.Pad;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Taking tensors apart and putting them together. */
final class Pieces {
    private Pieces() {}

    static void register(OperatorRegistry.Builder to) {
        to.add("Concat", at -> new Concat(at.attributes().integer("axis", 1)).on(at.tensors()))
                .since(1, "Slice", Pieces::sliced)
                .since(10, "Slice", Pieces::sliced, 1, 2, 3, 4)
                .several(1, "Split", Pieces::split)
                .several(13, "Split", Pieces::split, 1)
                .since(2, "Pad", Pieces::padded)
                .since(11, "Pad", Pieces::padded, 1, 2, 3)
                .since(6, "Tile", Pieces::tiled, 1);
    }

    private static long[] required(Invocation at, String name, int input) {
        return at.wholes(name, input).orElseThrow(() -> at.unsupported("states no " + name));
    }

    private static Tensor sliced(Invocation at) {
        Tensor x = at.tensor(0);
        long[] starts = required(at, "starts", 1);
        long[] ends = required(at, "ends", 2);
        int[] axes = at.axes("axes", 3, x.shape())
                .orElseGet(() -> IntStream.range(0, starts.length).toArray());
        long[] steps = at.wholes("steps", 4).orElseGet(() -> ones(starts.length));
        if (ends.length != starts.length || axes.length != starts.length || steps.length != starts.length) {
            throw new ShapeException("starts, ends, axes and steps must be equally many, but are " + starts.length
                    + ", " + ends.length + ", " + axes.length + " and " + steps.length);
        }
        Tensor part = x;
        for (int i = 0; i < axes.length; i++) {
            part = sliced(part, axes[i], starts[i], ends[i], steps[i]);
        }
        return part;
    }

    /** Negative positions count from the end; those outside are moved to the nearest end. */
    private static Tensor sliced(Tensor x, int axis, long start, long end, long step) {
        long size = x.shape().size(axis);
        if (step == 0) {
            throw new ShapeException("a slice needs a step other than 0");
        }
        long lowest = step > 0 ? 0 : -1;
        long highest = step > 0 ? size : size - 1;
        long from = Math.clamp(start < 0 ? start + size : start, Math.max(0, lowest), Math.max(0, highest));
        long to = Math.clamp(end < 0 ? end + size : end, lowest, Math.max(lowest, highest));
        boolean isWhole = step == 1 && from == 0 && to == size;
        int stride = (int) Math.clamp(step, -Math.max(1, size), Math.max(1, size));
        return isWhole ? x : slice(x, axis, (int) from, (int) to, stride);
    }

    private static long[] ones(int length) {
        long[] ones = new long[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static List<Tensor> split(Invocation at) {
        Tensor x = at.tensor(0);
        int axis = x.shape().axis(at.attributes().integer("axis", 0));
        int size = x.shape().size(axis);
        int count = at.node().outputs().size();
        long[] sizes = at.wholes("split", 1).orElseGet(() -> evenly(size, count));
        if (sizes.length != count || Arrays.stream(sizes).sum() != size) {
            throw new ShapeException("splitting axis " + axis + " of shape " + x.shape() + " into " + count
                    + " parts needs sizes that add up, but found " + Arrays.toString(sizes));
        }
        List<Tensor> parts = new ArrayList<>();
        int from = 0;
        for (long part : sizes) {
            parts.add(slice(x, axis, from, from + (int) part));
            from += (int) part;
        }
        return parts;
    }

    /** Equal parts, of which the last is smaller where the size does not divide. */
    private static long[] evenly(int size, int count) {
        int each = Math.ceilDiv(size, count);
        return IntStream.range(0, count)
                .mapToLong(i -> Math.max(0, Math.min(each, size - i * each)))
                .toArray();
    }

    private static Tensor padded(Invocation at) {
        Tensor x = at.tensor(0);
        int rank = x.shape().rank();
        long[] stated = required(at, "pads", 1);
        int[] axes = at.axes("axes", 3, x.shape())
                .orElseGet(() -> IntStream.range(0, rank).toArray());
        if (stated.length != 2 * axes.length) {
            throw new ShapeException(
                    "padding " + axes.length + " axes needs twice as many numbers, but found " + stated.length);
        }
        int[] before = new int[rank];
        int[] after = new int[rank];
        for (int i = 0; i < axes.length; i++) {
            before[axes[i]] = Math.toIntExact(stated[i]);
            after[axes[i]] = Math.toIntExact(stated[axes.length + i]);
        }
        String mode = at.attributes().text("mode", "constant");
        if (!mode.equals("constant")) {
            return continued(at, x, before, after, mode);
        }
        double value = at.has(2) ? at.scalar(2, 0) : at.attributes().real("value", 0);
        return constantPadding(cropped(x, before, after), before, after, value);
    }

    private static Tensor constantPadding(Tensor x, int[] before, int[] after, double value) {
        int[] left = Arrays.stream(before).map(pad -> Math.max(0, pad)).toArray();
        int[] right = Arrays.stream(after).map(pad -> Math.max(0, pad)).toArray();
        boolean isNothing = Arrays.stream(left).sum() + Arrays.stream(right).sum() == 0;
        return isNothing ? x : new Pad(AxisList.of(left), AxisList.of(right), value).on(x);
    }

    /** Negative padding takes elements away. */
    private static Tensor cropped(Tensor x, int[] before, int[] after) {
        Tensor part = x;
        for (int axis = 0; axis < before.length; axis++) {
            int from = Math.max(0, -before[axis]);
            int to = x.shape().size(axis) - Math.max(0, -after[axis]);
            part = to - from == x.shape().size(axis) ? part : slice(part, axis, from, to);
        }
        return part;
    }

    private static Tensor continued(Invocation at, Tensor x, int[] before, int[] after, String mode) {
        Tensor result = x;
        for (int axis = 0; axis < before.length; axis++) {
            int size = x.shape().size(axis);
            Limits.elements((long) before[axis] + size + after[axis]);
            int[] positions = IntStream.range(-before[axis], size + after[axis]).toArray();
            int[] sources = Arrays.stream(positions)
                    .map(position -> source(at, mode, position, size))
                    .toArray();
            boolean isWhole = before[axis] == 0 && after[axis] == 0;
            result = isWhole ? result : Indexing.take(result, axis, sources);
        }
        return result;
    }

    private static int source(Invocation at, String mode, int position, int size) {
        return switch (mode) {
            case "edge" -> Math.clamp(position, 0, size - 1);
            case "wrap" -> Math.floorMod(position, size);
            case "reflect" -> {
                int period = Math.max(1, 2 * (size - 1));
                int within = Math.floorMod(position, period);
                yield Math.min(within, period - within) % Math.max(1, size);
            }
            default -> throw at.unsupported("padding mode " + mode + " is not supported");
        };
    }

    private static Tensor tiled(Invocation at) {
        Tensor x = at.tensor(0);
        long[] repeats = at.constant(1).longs();
        if (repeats.length != x.shape().rank()) {
            throw new ShapeException(
                    "tiling shape " + x.shape() + " needs one count per axis, but found " + Arrays.toString(repeats));
        }
        Tensor result = x;
        for (int axis = 0; axis < repeats.length; axis++) {
            int size = x.shape().size(axis);
            int tiledSize = Limits.elements(size, repeats[axis]);
            int[] sources = IntStream.range(0, tiledSize).map(i -> i % size).toArray();
            result = repeats[axis] == 1 ? result : Indexing.take(result, axis, sources);
        }
        return result;
    }
}
