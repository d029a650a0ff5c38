package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;

/**
 * Indices of several axes at once, as GatherND and ScatterND have them, brought to rows of a table.
 *
 * @param table the shape of x with the indexed axes (and those of the batch) joined into rows, the others into columns
 * @param rows the row of each index, I64, of rank 1
 */
record SlicePositions(Shape table, Tensor rows) {
    /** @param batches how many leading axes x and the indices share */
    static SlicePositions of(Shape x, Tensor indices, int batches) {
        Shape stated = indices.shape();
        int depth = stated.rank() == 0 ? 0 : stated.size(-1);
        boolean fits = stated.rank() > batches && batches >= 0 && batches + depth <= x.rank() && depth > 0;
        for (int axis = 0; fits && axis < batches; axis++) {
            fits = stated.size(axis) == x.size(axis);
        }
        if (!fits) {
            throw new ShapeException(
                    "indices of shape " + stated + " with " + batches + " axes of a batch do not fit shape " + x);
        }
        int[] sizes = x.sizes();
        int rows = product(sizes, 0, batches + depth);
        long[] strides = new long[depth];
        long[] limits = new long[depth];
        for (int i = 0; i < depth; i++) {
            strides[i] = product(sizes, batches + i + 1, batches + depth);
            limits[i] = sizes[batches + i];
        }
        Tensor bound = Tensor.of(indices.backend(), Shape.of(depth), limits);
        Tensor zero = Tensor.full(indices.backend(), DType.I64, Shape.scalar(), 0);
        Tensor resolved = Ops.where(Ops.less(indices, zero), Ops.add(indices, bound), indices);
        Tensor within = Ops.sum(Ops.mul(resolved, Tensor.of(indices.backend(), Shape.of(depth), strides)), -1);
        int count = (int) within.shape().elements();
        Tensor starts = starts(indices, product(sizes, 0, batches), count, product(sizes, batches, batches + depth));
        Tensor flat = Ops.add(Ops.reshape(within, Shape.of(count)), starts);
        return new SlicePositions(Shape.of(rows, product(sizes, batches + depth, sizes.length)), flat);
    }

    /** The first row of each index's batch. */
    private static Tensor starts(Tensor like, int batches, int count, int rowsPerBatch) {
        long[] starts = new long[count];
        Arrays.setAll(starts, i -> (long) i * batches / Math.max(1, count) * rowsPerBatch);
        return Tensor.of(like.backend(), Shape.of(count), starts);
    }

    private static int product(int[] sizes, int from, int to) {
        return Math.toIntExact(Shape.of(Arrays.copyOfRange(sizes, from, to)).elements());
    }
}
