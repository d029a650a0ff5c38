package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.reshape;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.ScatterAddElements;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Putting elements in place by indices. A place may be named several times only where updates are added: the standard
 * leaves open what happens otherwise.
 */
final class Scattering {
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
        Tensor updates = at.tensor(2);
        Tensor sums = widened(scatter.on(updates, indices), data.shape());
        Tensor hits = widened(scatter.on(Shapes.onesLike(updates.detached()), indices), data.shape());
        return combined(at, data, sums, hits);
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
        Tensor updates = reshape(at.tensor(2), table);
        Tensor sums = reshape(scatter.on(updates, places), data.shape());
        Tensor hits = reshape(scatter.on(Shapes.onesLike(updates.detached()), places), data.shape());
        return combined(at, data, sums, hits);
    }

    private static Tensor combined(Invocation at, Tensor data, Tensor sums, Tensor hits) {
        String reduction = at.attributes().text("reduction", "none");
        if (!reduction.equals("none") && !reduction.equals("add")) {
            requireDistinct(at, reduction);
        }
        return switch (reduction) {
            case "none" -> Ops.where(hits, sums, data);
            case "add" -> Ops.add(data, sums);
            case "mul" -> Ops.where(hits, Ops.mul(data, sums), data);
            case "max" -> Ops.where(hits, Ops.maximum(data, sums), data);
            case "min" -> Ops.where(hits, Ops.minimum(data, sums), data);
            default -> throw at.unsupported("reduction " + reduction + " is not supported");
        };
    }

    /** Sums of several updates are not their product, maximum or minimum. */
    private static void requireDistinct(Invocation at, String reduction) {
        long[] indices = at.constant(1).longs();
        int depth =
                at.node().opType().equals("ScatterND") ? at.constant(1).shape().size(-1) : 1;
        boolean isRow =
                at.node().opType().equals("ScatterND") || at.constant(1).shape().rank() == 1;
        long rows = indices.length / Math.max(1, depth);
        long distinct = LongStream.range(0, rows)
                .mapToObj(
                        row -> Arrays.toString(Arrays.copyOfRange(indices, (int) row * depth, (int) (row + 1) * depth)))
                .distinct()
                .count();
        if (!isRow || distinct != rows) {
            throw at.unsupported("reduction " + reduction + " is supported for indices that name each place once");
        }
    }
}
