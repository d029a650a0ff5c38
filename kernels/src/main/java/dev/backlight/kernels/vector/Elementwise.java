package dev.backlight.kernels.vector;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import dev.backlight.kernels.common.StridedRuns;
import java.util.Arrays;
import java.util.List;

/** Functions of single elements with broadcasting. */
final class Elementwise {
    /** Elements handled between two looks at the operands; as many fit the first-level cache together. */
    private static final int BLOCK = 1024;

    private static final int L = Lanes.FLOAT.length();

    private final Parallel parallel;

    Elementwise(Parallel parallel) {
        this.parallel = parallel;
    }

    /** A function of contiguous elements; {@code n} is a multiple of the vector's length. */
    @FunctionalInterface
    private interface Loop {
        void run(float[][] in, int[] at, float[] out, int to, int n);
    }

    void unary(Primitive.Unary unary, DeviceArray in, DeviceArray out) {
        run((x, at, y, to, n) -> UnaryLoops.run(unary, x[0], at[0], y, to, n), List.of(in), out);
    }

    void binary(Primitive.Binary binary, List<DeviceArray> in, DeviceArray out) {
        run((x, at, y, to, n) -> BinaryLoops.run(binary.function(), x[0], at[0], x[1], at[1], y, to, n), in, out);
    }

    void select(List<DeviceArray> in, DeviceArray out) {
        run((x, at, y, to, n) -> BinaryLoops.select(x[0], at[0], x[1], at[1], x[2], at[2], y, to, n), in, out);
    }

    private void run(Loop loop, List<DeviceArray> in, DeviceArray out) {
        Shape[] shapes = in.stream().map(DeviceArray::shape).toArray(Shape[]::new);
        int[] starts = in.stream().mapToInt(array -> offset(array)).toArray();
        float[][] data = in.stream().map(array -> floats(array)).toArray(float[][]::new);
        StridedRuns runs = StridedRuns.broadcast(out.shape(), starts, shapes);
        float[] target = floats(out);
        int start = offset(out);
        Chunks.forEach(parallel, (int) out.shape().elements(), (from, to) -> {
            Blocks blocks = new Blocks(loop, data, runs, target);
            runs.forEach(from, to, (dense, at, length) -> blocks.run(at, start + dense, length));
        });
    }

    /** The state of one chunk: operands as the loop sees them, stretched ones filled into scratch. */
    private static final class Blocks {
        private final Loop loop;
        private final float[][] data;
        private final StridedRuns runs;
        private final float[] out;
        private final float[] scratch;
        private final float[][] seen;
        private final int[] places;

        Blocks(Loop loop, float[][] data, StridedRuns runs, float[] out) {
            this.loop = loop;
            this.data = data;
            this.runs = runs;
            this.out = out;
            this.scratch = Scratch.PANELS.floats(data.length * BLOCK + L);
            this.seen = new float[data.length][];
            this.places = new int[data.length];
        }

        void run(int[] at, int to, int length) {
            for (int done = 0; done < length; done += BLOCK) {
                block(at, done, to + done, Math.min(BLOCK, length - done));
            }
        }

        private void block(int[] at, int done, int to, int length) {
            int whole = length / L * L;
            for (int o = 0; o < data.length; o++) {
                boolean stretched = runs.stride(o) == 0;
                if (stretched && done == 0) {
                    Arrays.fill(scratch, o * BLOCK, o * BLOCK + Math.max(L, length), data[o][at[o]]);
                }
                seen[o] = stretched ? scratch : data[o];
                places[o] = stretched ? o * BLOCK : at[o] + done;
            }
            if (whole > 0) {
                loop.run(seen, places, out, to, whole);
            }
            if (whole < length) {
                tail(at, done + whole, to + whole, length - whole);
            }
        }

        /** The last elements, which do not fill a vector, are brought into one and back. */
        private void tail(int[] at, int done, int to, int count) {
            for (int o = 0; o < data.length; o++) {
                if (runs.stride(o) != 0) {
                    System.arraycopy(data[o], at[o] + done, scratch, o * BLOCK, count);
                    Arrays.fill(scratch, o * BLOCK + count, o * BLOCK + L, 0);
                    seen[o] = scratch;
                    places[o] = o * BLOCK;
                }
            }
            int result = data.length * BLOCK;
            loop.run(seen, places, scratch, result, L);
            System.arraycopy(scratch, result, out, to, count);
        }
    }
}
