package dev.backlight.kernels.vector;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.longs;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;

/** Gathers by index and their adjoints. Threads share out what lies outside the axis, so additions keep the order of i. */
final class Indexing {
    private final Parallel parallel;

    Indexing(Parallel parallel) {
        this.parallel = parallel;
    }

    /** An axis of an array: {@code outer} blocks of {@code size} rows of {@code inner} elements. */
    private record Axis(int outer, int size, int inner) {
        static Axis of(Shape shape, int axis) {
            int at = shape.axis(axis);
            int inner = (int) shape.strides()[at];
            int size = shape.size(at);
            int block = Math.max(1, inner * size);
            return new Axis((int) (shape.elements() / block), size, inner);
        }

        int block() {
            return size * inner;
        }
    }

    void take(int axis, DeviceArray x, DeviceArray indices, DeviceArray out) {
        Axis from = Axis.of(x.shape(), axis);
        Axis to = Axis.of(out.shape(), axis);
        forEachBlock(to, (begin, end) -> {
            for (int o = begin; o < end; o++) {
                for (int i = 0; i < to.size; i++) {
                    int chosen = index(longs(indices)[offset(indices) + i], from.size);
                    int source = offset(x) + o * from.block() + chosen * from.inner;
                    int target = offset(out) + o * to.block() + i * to.inner;
                    System.arraycopy(floats(x), source, floats(out), target, to.inner);
                }
            }
        });
    }

    void takeAdjoint(int axis, DeviceArray u, DeviceArray indices, DeviceArray out) {
        Axis from = Axis.of(u.shape(), axis);
        Axis to = Axis.of(out.shape(), axis);
        forEachBlock(to, (begin, end) -> {
            clear(out, to, begin, end);
            for (int o = begin; o < end; o++) {
                for (int i = 0; i < from.size; i++) {
                    int chosen = index(longs(indices)[offset(indices) + i], to.size);
                    int source = offset(u) + o * from.block() + i * from.inner;
                    int target = offset(out) + o * to.block() + chosen * to.inner;
                    for (int j = 0; j < to.inner; j++) {
                        floats(out)[target + j] += floats(u)[source + j];
                    }
                }
            }
        });
    }

    void gather(int axis, DeviceArray x, DeviceArray indices, DeviceArray out) {
        Axis from = Axis.of(x.shape(), axis);
        Axis to = Axis.of(out.shape(), axis);
        float[] source = floats(x);
        float[] target = floats(out);
        long[] chosen = longs(indices);
        forEachBlock(to, (begin, end) -> {
            for (int o = begin; o < end; o++) {
                int block = offset(x) + o * from.block();
                int place = o * to.block();
                for (int i = 0; i < to.size; i++) {
                    for (int j = 0; j < to.inner; j++, place++) {
                        int row = index(chosen[offset(indices) + place], from.size);
                        target[offset(out) + place] = source[block + row * from.inner + j];
                    }
                }
            }
        });
    }

    void scatterAdd(int axis, DeviceArray u, DeviceArray indices, DeviceArray out) {
        Axis from = Axis.of(u.shape(), axis);
        Axis to = Axis.of(out.shape(), axis);
        float[] source = floats(u);
        float[] target = floats(out);
        long[] chosen = longs(indices);
        forEachBlock(to, (begin, end) -> {
            clear(out, to, begin, end);
            for (int o = begin; o < end; o++) {
                int block = offset(out) + o * to.block();
                int place = o * from.block();
                for (int i = 0; i < from.size; i++) {
                    for (int j = 0; j < to.inner; j++, place++) {
                        int row = index(chosen[offset(indices) + place], to.size);
                        target[block + row * to.inner + j] += source[offset(u) + place];
                    }
                }
            }
        });
    }

    private void forEachBlock(Axis axis, Chunks.Range range) {
        Chunks.forEach(parallel, axis.outer, Math.max(1, Chunks.SIZE / Math.max(1, axis.block())), range);
    }

    private static void clear(DeviceArray out, Axis axis, int begin, int end) {
        Arrays.fill(floats(out), offset(out) + begin * axis.block(), offset(out) + end * axis.block(), 0);
    }

    private static int index(long value, int size) {
        if (value < 0 || value >= size) {
            throw new ShapeException("index " + value + " lies outside an axis of size " + size);
        }
        return (int) value;
    }
}
