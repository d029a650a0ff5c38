package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.reshape;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.ScatterAddElements;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Putting elements in place by indices. Where a place is named several times and nothing says how to combine updates, the
 * standard leaves open what happens; here they are added.
 */
final class Scattering {
    /** Updates that may meet in one place are combined one after the other; so many are worth that. */
    private static final int MOST_ROUNDS = 4096;

    private Scattering() {}

    static void register(OperatorRegistry.Builder to) {
        to.since(9, "Scatter", Scattering::elements)
                .since(11, "ScatterElements", Scattering::elements)
                .since(11, "ScatterND", Scattering::slices);
    }

    private static Tensor elements(Invocation at) {
        Tensor data = at.tensor(0);
        int axis = data.shape().axis(at.attributes().integer("axis", 0));
        Indexing.requireInside(at, 1, data.shape().size(axis));
        Tensor indices = Indexing.fromStart(at.tensor(1), data.shape().size(axis));
        Shape reached = indices.shape().with(axis, data.shape().size(axis));
        ScatterAddElements scatter = new ScatterAddElements(axis, reached);
        Put put = (updates, places) -> widened(scatter.on(updates, places), data.shape());
        if (isSum(at)) {
            return combined(at, data, at.tensor(2), indices, put);
        }
        // Elements of one slice across the axis never meet: their other positions differ.
        int rounds = requireFew(at, indices.shape().size(axis));
        Tensor result = data;
        for (int i = 0; i < rounds; i++) {
            Tensor updates = Ops.slice(at.tensor(2), axis, i, i + 1);
            result = combined(at, result, updates, Ops.slice(indices, axis, i, i + 1), put);
        }
        return result;
    }

    /** Zeros where the indices do not reach, because they are fewer than the elements along other axes. */
    private static Tensor widened(Tensor x, Shape shape) {
        int[] after = shape.sizes();
        Arrays.setAll(after, axis -> after[axis] - x.shape().size(axis));
        return Shapes.pad(x, new int[after.length], after, 0);
    }

    private static Tensor slices(Invocation at) {
        Tensor data = at.tensor(0);
        SlicePositions positions = SlicePositions.of(data.shape(), at.tensor(1), 0);
        int rows = (int) positions.rows().shape().elements();
        Shape table = Shape.of(rows, positions.table().size(1));
        Tensor places = Ops.broadcastTo(reshape(positions.rows(), Shape.of(rows, 1)), table);
        ScatterAddElements scatter = new ScatterAddElements(0, positions.table());
        Put put = (some, theirs) -> reshape(scatter.on(some, theirs), data.shape());
        Tensor updates = reshape(at.tensor(2), table);
        if (isSum(at) || areDistinct(at)) {
            return combined(at, data, updates, places, put);
        }
        Tensor result = data;
        for (int row = 0; row < requireFew(at, rows); row++) {
            Tensor one = Ops.slice(updates, 0, row, row + 1);
            result = combined(at, result, one, Ops.slice(places, 0, row, row + 1), put);
        }
        return result;
    }

    /** Updates at their places in zeros of the data's shape, added where places repeat. */
    private interface Put {
        Tensor of(Tensor updates, Tensor places);
    }

    private static String reduction(Invocation at) {
        return at.attributes().text("reduction", "none");
    }

    private static boolean isSum(Invocation at) {
        return reduction(at).equals("none") || reduction(at).equals("add");
    }

    private static Tensor combined(Invocation at, Tensor data, Tensor updates, Tensor places, Put put) {
        Tensor sums = put.of(updates, places);
        if (reduction(at).equals("add")) {
            return Ops.add(data, sums);
        }
        Tensor hits = put.of(Shapes.onesLike(updates.detached()), places);
        return switch (reduction(at)) {
            case "none" -> Ops.where(hits, sums, data);
            case "mul" -> Ops.where(hits, Ops.mul(data, sums), data);
            case "max" -> Ops.where(hits, Ops.maximum(data, sums), data);
            case "min" -> Ops.where(hits, Ops.minimum(data, sums), data);
            default -> throw at.unsupported("reduction " + reduction(at) + " is not supported");
        };
    }

    /** Whether indices that are known name each slice once. */
    private static boolean areDistinct(Invocation at) {
        if (!at.isConstant(1)) {
            return false;
        }
        long[] indices = at.constant(1).longs();
        int depth = Math.max(1, at.constant(1).shape().size(-1));
        Set<List<Long>> seen = new HashSet<>();
        for (int from = 0; from + depth <= indices.length; from += depth) {
            if (!seen.add(Arrays.stream(indices, from, from + depth).boxed().toList())) {
                return false;
            }
        }
        return true;
    }

    private static int requireFew(Invocation at, int rounds) {
        if (rounds > MOST_ROUNDS) {
            throw at.unsupported("reduction " + reduction(at) + " is supported for at most " + MOST_ROUNDS
                    + " updates that may meet in one place, but there are " + rounds);
        }
        return rounds;
    }
}
