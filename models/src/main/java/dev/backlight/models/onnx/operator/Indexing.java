package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.reshape;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.op.Take;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Picking elements by indices, which may count from the end. */
final class Indexing {
    private Indexing() {}

    static void register(OperatorRegistry.Builder to) {
        to.add("Gather", Indexing::gather)
                .since(11, "GatherElements", Indexing::gatherElements)
                .since(11, "GatherND", Indexing::gatherSlices)
                .since(9, "Compress", Indexing::compress, 1)
                .since(9, "NonZero", Indexing::nonZero, 0);
    }

    /** The indices' axes take the place of the gathered axis. */
    private static Tensor gather(Invocation at) {
        Tensor x = at.tensor(0);
        int axis = x.shape().axis(at.attributes().integer("axis", 0));
        int size = x.shape().size(axis);
        if (!at.isConstant(1)) {
            return Shapes.take(x, axis, fromStart(at.tensor(1), size));
        }
        NamedArray indices = at.constant(1);
        int[] sources = Arrays.stream(indices.longs())
                .mapToInt(index -> resolved(index, size))
                .toArray();
        Shape shape = x.shape().without(axis);
        for (int i = 0; i < indices.shape().rank(); i++) {
            shape = shape.insert(axis + i, indices.shape().size(i));
        }
        return reshape(take(x, axis, sources), shape);
    }

    /** Along the other axes the indices may be fewer than the elements. */
    private static Tensor gatherElements(Invocation at) {
        Tensor x = at.tensor(0);
        Tensor indices = at.tensor(1);
        int axis = x.shape().axis(at.attributes().integer("axis", 0));
        requireInside(at, 1, x.shape().size(axis));
        Tensor part = cut(x, indices.shape(), axis);
        return Shapes.gather(part, axis, fromStart(indices, x.shape().size(axis)));
    }

    /** The leading part of x that has a shape along all axes but one. */
    static Tensor cut(Tensor x, Shape shape, int except) {
        Tensor part = x;
        for (int axis = 0; axis < Math.min(x.shape().rank(), shape.rank()); axis++) {
            boolean isWhole = axis == except || shape.size(axis) == x.shape().size(axis);
            part = isWhole ? part : Ops.slice(part, axis, 0, shape.size(axis));
        }
        return part;
    }

    /** Each row of the indices is the position of a slice of x. */
    private static Tensor gatherSlices(Invocation at) {
        Tensor x = at.tensor(0);
        Tensor indices = at.tensor(1);
        int batches = at.attributes().integer("batch_dims", 0);
        SlicePositions positions = SlicePositions.of(x.shape(), indices, batches);
        Tensor slices = new Take(0).on(reshape(x, positions.table()), positions.rows());
        int[] outer = Arrays.copyOf(indices.shape().sizes(), indices.shape().rank() - 1);
        int[] inner = Arrays.stream(x.shape().sizes())
                .skip(batches + (long) indices.shape().size(-1))
                .toArray();
        return reshape(
                slices,
                Shape.of(IntStream.concat(Arrays.stream(outer), Arrays.stream(inner))
                        .toArray()));
    }

    /** The elements along an axis, or of all, whose constant condition holds. */
    private static Tensor compress(Invocation at) {
        Tensor x = at.tensor(0);
        long[] condition = at.constant(1).longs();
        Tensor from = at.attributes().has("axis")
                ? x
                : reshape(x, Shape.of((int) x.shape().elements()));
        int axis = from.shape().axis(at.attributes().integer("axis", 0));
        int[] sources = IntStream.range(
                        0, Math.min(condition.length, from.shape().size(axis)))
                .filter(i -> condition[i] != 0)
                .toArray();
        return take(from, axis, sources);
    }

    /** The positions of a constant's elements other than 0: a row per axis. */
    private static Tensor nonZero(Invocation at) {
        NamedArray x = at.constant(0);
        int[] sizes = x.shape().sizes();
        int[] found =
                IntStream.range(0, x.size()).filter(i -> x.doubleAt(i) != 0).toArray();
        long[] positions = new long[sizes.length * found.length];
        int stride = 1;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            for (int i = 0; i < found.length; i++) {
                positions[axis * found.length + i] = found[i] / stride % sizes[axis];
            }
            stride *= sizes[axis];
        }
        return Tensor.of(at.backend(), Shape.of(sizes.length, found.length), positions);
    }

    /** Indices counted from the start of an axis. */
    static Tensor fromStart(Tensor indices, int size) {
        Tensor whole = Ops.cast(indices, DType.I64);
        Tensor zero = Tensor.full(whole.backend(), DType.I64, Shape.scalar(), 0);
        return Ops.where(Ops.less(whole, zero), Ops.add(whole, size), whole);
    }

    /** Indices that are known are checked before anything is computed. */
    static void requireInside(Invocation at, int input, int size) {
        if (at.isConstant(input)) {
            LongStream.of(at.constant(input).longs()).forEach(index -> resolved(index, size));
        }
    }

    private static int resolved(long index, int size) {
        long fromStart = index < 0 ? index + size : index;
        if (fromStart < 0 || fromStart >= size) {
            throw new ShapeException("index " + index + " lies outside an axis of size " + size);
        }
        return (int) fromStart;
    }

    /** {@code out[.., i, ..] = x[.., sources[i], ..]} along an axis. */
    static Tensor take(Tensor x, int axis, int... sources) {
        long[] indices = Arrays.stream(sources).asLongStream().toArray();
        return new Take(axis).on(x, Tensor.of(x.backend(), Shape.of(indices.length), indices));
    }
}
