package dev.backlight.kernels.scalar;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import dev.backlight.kernels.common.StridedRuns;
import java.util.Arrays;
import java.util.List;

/** Primitives that move elements and compute nothing. */
final class Movement {
    private final Parallel parallel;

    Movement(Parallel parallel) {
        this.parallel = parallel;
    }

    void permute(AxisList order, DeviceArray in, DeviceArray out) {
        long[] own = in.shape().strides();
        long[] strides = new long[order.size()];
        Arrays.setAll(strides, axis -> own[order.get(axis)]);
        gather(in, offset(in), strides, out);
    }

    void slice(AxisList start, AxisList step, DeviceArray in, DeviceArray out) {
        gather(in, offset(in) + first(start, in.shape()), steps(step, in.shape()), out);
    }

    private void gather(DeviceArray in, int start, long[] strides, DeviceArray out) {
        StridedRuns runs = new StridedRuns(out.shape(), new int[] {start}, strides);
        Chunks.forEach(
                parallel,
                (int) out.shape().elements(),
                (from, to) -> runs.forEach(
                        from,
                        to,
                        (dense, at, length) -> Products.copy(
                                floats(in), at[0], runs.stride(0), floats(out), offset(out) + dense, length)));
    }

    void embed(AxisList start, AxisList step, DeviceArray in, DeviceArray out) {
        float[] to = floats(out);
        Arrays.fill(to, offset(out), offset(out) + (int) out.shape().elements(), 0);
        int first = offset(out) + first(start, out.shape());
        StridedRuns runs = new StridedRuns(in.shape(), new int[] {first}, steps(step, out.shape()));
        Chunks.forEach(
                parallel,
                (int) in.shape().elements(),
                (begin, end) -> runs.forEach(begin, end, (dense, at, length) -> {
                    for (int i = 0; i < length; i++) {
                        to[at[0] + i * runs.stride(0)] = floats(in)[offset(in) + dense + i];
                    }
                }));
    }

    private static int first(AxisList start, Shape large) {
        long first = 0;
        for (int axis = 0; axis < large.rank(); axis++) {
            first += start.get(axis) * large.strides()[axis];
        }
        return (int) first;
    }

    private static long[] steps(AxisList step, Shape large) {
        long[] strides = large.strides();
        Arrays.setAll(strides, axis -> strides[axis] * step.get(axis));
        return strides;
    }

    void concat(int axis, List<DeviceArray> in, DeviceArray out) {
        int at = out.shape().axis(axis);
        int inner = (int) out.shape().strides()[at];
        int outRow = out.shape().size(at) * inner;
        int rows = (int) (out.shape().elements() / outRow);
        int column = 0;
        for (DeviceArray part : in) {
            int row = part.shape().size(at) * inner;
            for (int i = 0; i < rows; i++) {
                System.arraycopy(
                        floats(part), offset(part) + i * row, floats(out), offset(out) + i * outRow + column, row);
            }
            column += row;
        }
    }
}
