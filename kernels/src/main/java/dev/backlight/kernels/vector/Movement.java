package dev.backlight.kernels.vector;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.ChannelBlocks;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import dev.backlight.kernels.common.StridedRuns;
import java.util.Arrays;
import java.util.List;

/** Primitives that only move elements. */
final class Movement {
    private static final int L = Lanes.FLOAT.length();

    /** Pixels of a block of channels that are moved to or from it at once. */
    private static final int TILE = 128;

    private final Parallel parallel;

    Movement(Parallel parallel) {
        this.parallel = parallel;
    }

    void broadcast(DeviceArray in, DeviceArray out) {
        gather(StridedRuns.broadcast(out.shape(), new int[] {offset(in)}, in.shape()), in, out);
    }

    void permute(AxisList order, DeviceArray in, DeviceArray out) {
        if (ChannelBlocks.isJoining(order) && in.shape().size(-3) == L) {
            transpose(in, out, L, in.shape().size(-2) * in.shape().size(-1));
            return;
        }
        if (ChannelBlocks.isSplitting(order) && in.shape().size(-1) == L) {
            transpose(in, out, in.shape().size(-3) * in.shape().size(-2), L);
            return;
        }
        long[] from = in.shape().strides();
        long[] strides = new long[from.length];
        for (int axis = 0; axis < strides.length; axis++) {
            strides[axis] = from[in.shape().axis(order.get(axis))];
        }
        gather(new StridedRuns(out.shape(), new int[] {offset(in)}, strides), in, out);
    }

    /**
     * Matrices of {@code rows × columns}, of which one side is the vector's length: those of an image and a block of channels,
     * whose order is exchanged, in all batches of a stack.
     */
    private void transpose(DeviceArray in, DeviceArray out, int rows, int columns) {
        int outer = in.shape().size(-5), inner = in.shape().size(-4);
        int size = rows * columns;
        int length = rows == L ? columns : rows;
        int pieces = Math.ceilDiv(length, TILE);
        int matrices = size == 0 ? 0 : (int) (in.shape().elements() / size);
        Chunks.forEach(parallel, matrices * pieces, Math.max(1, Chunks.SIZE / (TILE * L)), (from, to) -> {
            for (int i = from; i < to; i++) {
                int first = i % pieces * TILE, end = Math.min(length, first + TILE);
                int matrix = i / pieces, batch = matrix / (outer * inner), within = matrix % (outer * inner);
                int exchanged = (batch * inner + within % inner) * outer + within / inner;
                int source = offset(in) + matrix * size, target = offset(out) + exchanged * size;
                if (rows == L) {
                    piece(floats(in), source, columns, floats(out), target, 0, L, first, end, rows);
                } else {
                    piece(floats(in), source, columns, floats(out), target, first, end, 0, L, rows);
                }
            }
        });
    }

    /** Rows {@code top} … {@code bottom}−1 and columns {@code left} … {@code right}−1: a part that fits the first-level cache. */
    private static void piece(
            float[] in, int from, int pitch, float[] out, int to, int top, int bottom, int left, int right, int step) {
        for (int r = top; r < bottom; r++) {
            int source = from + r * pitch + left;
            int target = to + left * step + r;
            for (int c = left; c < right; c++) {
                out[target] = in[source++];
                target += step;
            }
        }
    }

    void slice(AxisList start, AxisList step, DeviceArray in, DeviceArray out) {
        gather(steps(start, step, in, out.shape()), in, out);
    }

    void embed(AxisList start, AxisList step, DeviceArray in, DeviceArray out) {
        fill(out, 0);
        StridedRuns runs = steps(start, step, out, in.shape());
        float[] source = floats(in);
        float[] target = floats(out);
        int stride = runs.stride(0);
        Chunks.forEach(
                parallel,
                (int) in.shape().elements(),
                (from, to) -> runs.forEach(from, to, (dense, at, n) -> {
                    int begin = offset(in) + dense;
                    if (stride == 1) {
                        System.arraycopy(source, begin, target, at[0], n);
                    } else {
                        for (int i = 0; i < n; i++) {
                            target[at[0] + i * stride] = source[begin + i];
                        }
                    }
                }));
    }

    void fill(DeviceArray out, double value) {
        int start = offset(out);
        Chunks.forEach(
                parallel,
                (int) out.shape().elements(),
                (from, to) -> Arrays.fill(floats(out), start + from, start + to, (float) value));
    }

    /** Parts are cut into chunks rather than rows, of which there is one where channels of blocks are joined. */
    void concat(int axis, List<DeviceArray> in, DeviceArray out) {
        int at = out.shape().axis(axis);
        int inner = (int) out.shape().strides()[at];
        int outRow = out.shape().size(at) * inner;
        int place = offset(out);
        for (DeviceArray part : in) {
            int row = part.shape().size(at) * inner;
            boolean isThere = part.storage() == out.storage() && offset(part) == place;
            if (!isThere) {
                copyRows(part, row, out, place, outRow);
            }
            place += row;
        }
    }

    /** Rows that follow each other go to {@code to} and places a pitch apart. */
    private void copyRows(DeviceArray in, int row, DeviceArray out, int to, int pitch) {
        float[] source = floats(in);
        float[] target = floats(out);
        Chunks.forEach(parallel, (int) in.shape().elements(), (from, end) -> {
            for (int done = from; done < end; ) {
                int column = done % row;
                int count = Math.min(row - column, end - done);
                System.arraycopy(source, offset(in) + done, target, to + done / row * pitch + column, count);
                done += count;
            }
        });
    }

    private void gather(StridedRuns runs, DeviceArray in, DeviceArray out) {
        float[] source = floats(in);
        float[] target = floats(out);
        int start = offset(out);
        int stride = runs.stride(0);
        Chunks.forEach(
                parallel,
                (int) out.shape().elements(),
                (from, to) -> runs.forEach(from, to, (dense, at, n) -> {
                    int place = start + dense;
                    if (stride == 1) {
                        System.arraycopy(source, at[0], target, place, n);
                    } else if (stride == 0) {
                        Arrays.fill(target, place, place + n, source[at[0]]);
                    } else {
                        for (int i = 0; i < n; i++) {
                            target[place + i] = source[at[0] + i * stride];
                        }
                    }
                }));
    }

    /** The small shape's elements within the large array. */
    private static StridedRuns steps(AxisList start, AxisList step, DeviceArray large, Shape small) {
        long[] strides = large.shape().strides();
        int first = offset(large);
        for (int axis = 0; axis < strides.length; axis++) {
            first += (int) (start.get(axis) * strides[axis]);
            strides[axis] *= step.get(axis);
        }
        return new StridedRuns(small, new int[] {first}, strides);
    }
}
