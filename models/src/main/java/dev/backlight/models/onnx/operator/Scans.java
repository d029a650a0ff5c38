package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.matmul;
import static dev.backlight.engine.op.Ops.transpose;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Constants;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Sums along an axis up to each element, and what depends on where in a matrix an element stands. */
final class Scans {
    private Scans() {}

    static void register(OperatorRegistry.Builder to) {
        to.since(11, "CumSum", Scans::cumulative, 1)
                .since(14, "Trilu", Scans::triangle, 1)
                .since(10, "ReverseSequence", Scans::reversed, 1);
        to.ofShapes(9, "EyeLike", Scans::identity);
    }

    /** The index of each element along an axis, I64, of size 1 along all others. */
    static Tensor positions(Tensor like, int axis) {
        int size = like.shape().size(axis);
        int[] sizes = new int[like.shape().rank()];
        Arrays.fill(sizes, 1);
        sizes[axis] = size;
        return Tensor.of(
                like.backend(), Shape.of(sizes), LongStream.range(0, size).toArray());
    }

    /** A product with a triangle of ones: its gradient, a sum from the other end, is one as well. */
    private static Tensor cumulative(Invocation at) {
        Tensor x = at.tensor(0);
        int axis = x.shape().axis((int) at.scalar(1, 0));
        int size = x.shape().size(axis);
        boolean exclusive = at.attributes().flag("exclusive", false);
        boolean reverse = at.attributes().flag("reverse", false);
        double[] ones = new double[Limits.elements(size, size)];
        for (int from = 0; from < size; from++) {
            for (int to = 0; to < size; to++) {
                boolean counts = (reverse ? from > to : from < to) || (!exclusive && from == to);
                ones[from * size + to] = counts ? 1 : 0;
            }
        }
        Tensor real = x.dtype().isFloating() ? x : Ops.cast(x, DType.F64);
        int[] order = swappedWithLast(x.shape().rank(), axis);
        Tensor rows = transpose(real, order);
        Tensor matrix = Ops.reshape(rows, Shape.of((int) (x.shape().elements() / Math.max(1, size)), size));
        Tensor sums = matmul(matrix, Constants.of(real, Shape.of(size, size), ones));
        return Ops.cast(transpose(Ops.reshape(sums, rows.shape()), order), x.dtype());
    }

    private static int[] swappedWithLast(int rank, int axis) {
        int[] order = IntStream.range(0, rank).toArray();
        order[axis] = rank - 1;
        order[rank - 1] = axis;
        return order;
    }

    private static Tensor triangle(Invocation at) {
        Tensor x = at.tensor(0);
        if (x.shape().rank() < 2) {
            throw new ShapeException("needs matrices, but found shape " + x.shape());
        }
        int rows = x.shape().size(-2);
        int columns = x.shape().size(-1);
        boolean upper = at.attributes().flag("upper", true);
        long shift = (long) at.scalar(1, 0);
        long[] kept = new long[Limits.elements(rows, columns)];
        for (int i = 0; i < kept.length; i++) {
            long diagonal = (long) (i % columns) - i / columns;
            kept[i] = (upper ? diagonal >= shift : diagonal <= shift) ? 1 : 0;
        }
        Tensor mask = Tensor.of(x.backend(), Shape.of(rows, columns), kept);
        return Ops.where(mask, x, Tensor.full(x.backend(), x.dtype(), Shape.scalar(), 0));
    }

    private static Tensor identity(Invocation at) {
        Tensor x = at.tensor(0);
        if (x.shape().rank() != 2) {
            throw new ShapeException("needs a matrix, but found shape " + x.shape());
        }
        int rows = x.shape().size(0);
        int columns = x.shape().size(1);
        int shift = at.attributes().integer("k", 0);
        double[] values = new double[Limits.elements(rows, columns)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % columns - i / columns == shift ? 1 : 0;
        }
        DType dtype = at.attributes().has("dtype") ? at.stated("dtype") : x.dtype();
        return Ops.cast(Tensor.of(at.backend(), x.shape(), values), dtype);
    }

    /** The first elements of each sequence, as many as its constant length says, from last to first. */
    private static Tensor reversed(Invocation at) {
        Tensor x = at.tensor(0);
        int time = at.attributes().integer("time_axis", 0);
        int batch = at.attributes().integer("batch_axis", 1);
        if (x.shape().rank() < 2 || time + batch != 1 || time * batch != 0) {
            throw at.unsupported("sequences must lie along the first two axes");
        }
        long[] lengths = at.constant(1).longs();
        int steps = x.shape().size(time);
        int count = x.shape().size(batch);
        int[] sources = new int[steps * count];
        for (int i = 0; i < sources.length; i++) {
            int step = time == 0 ? i / count : i % steps;
            int sequence = time == 0 ? i % count : i / steps;
            int length = Math.clamp(lengths[sequence], 0, steps);
            int source = step < length ? length - 1 - step : step;
            sources[i] = time == 0 ? source * count + sequence : sequence * steps + source;
        }
        int rest = (int) (x.shape().elements() / Math.max(1, sources.length));
        return Ops.reshape(Indexing.take(Ops.reshape(x, Shape.of(sources.length, rest)), 0, sources), x.shape());
    }
}
