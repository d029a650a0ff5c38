package dev.backlight.kernels.vector;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.longs;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;

/** Windows over planes; planes are shared out over the threads. */
final class Pooling {
    private final Parallel parallel;

    Pooling(Parallel parallel) {
        this.parallel = parallel;
    }

    /** The taps of a window along one axis that fall inside: first to end, counted in taps. */
    private record Taps(int first, int end, int origin, int dilation) {
        static Taps of(int position, int taps, int stride, int dilation, int padding, int size) {
            int origin = position * stride - padding;
            int first = Math.max(0, Math.ceilDiv(-origin, dilation));
            int end = Math.clamp(Math.ceilDiv(size - origin, dilation), first, Math.max(first, taps));
            return new Taps(first, end, origin, dilation);
        }

        int at(int tap) {
            return origin + tap * dilation;
        }
    }

    /** Works on one window of a plane: its place in the output and its taps. */
    @FunctionalInterface
    private interface Window {
        void accept(int plane, int window, Taps rows, Taps columns);
    }

    void maxIndices(WindowGeometry g, DeviceArray x, DeviceArray out) {
        int rows = out.shape().size(2);
        int columns = out.shape().size(3);
        int plane = x.shape().size(2) * x.shape().size(3);
        MaxPoolRows pool = new MaxPoolRows(g, x.shape().size(2), x.shape().size(3), columns);
        Chunks.forEach(parallel, out.shape().size(0) * out.shape().size(1) * rows, 16, (from, to) -> {
            for (int row = from; row < to; row++) {
                int source = offset(x) + row / rows * plane;
                pool.row(floats(x), source, row % rows, longs(out), offset(out) + row * columns);
            }
        });
    }

    void sum(WindowGeometry g, DeviceArray x, DeviceArray out) {
        int width = x.shape().size(3);
        float[] source = floats(x);
        forEachWindow(g, x, out, (plane, window, rows, columns) -> {
            double sum = 0;
            for (int ky = rows.first; ky < rows.end; ky++) {
                int row = offset(x) + plane + rows.at(ky) * width;
                for (int kx = columns.first; kx < columns.end; kx++) {
                    sum += source[row + columns.at(kx)];
                }
            }
            floats(out)[offset(out) + window] = (float) sum;
        });
    }

    void sumAdjoint(WindowGeometry g, DeviceArray u, DeviceArray out) {
        int width = out.shape().size(3);
        int planeSize = out.shape().size(2) * width;
        float[] target = floats(out);
        Chunks.forEach(
                parallel,
                (int) out.shape().elements(),
                (from, to) -> Arrays.fill(target, offset(out) + from, offset(out) + to, 0));
        if (planeSize == 0) {
            return;
        }
        forEachWindow(g, out, u, (plane, window, rows, columns) -> {
            float share = floats(u)[offset(u) + window];
            for (int ky = rows.first; ky < rows.end; ky++) {
                int row = offset(out) + plane + rows.at(ky) * width;
                for (int kx = columns.first; kx < columns.end; kx++) {
                    target[row + columns.at(kx)] += share;
                }
            }
        });
    }

    private void forEachWindow(WindowGeometry g, DeviceArray large, DeviceArray small, Window visitor) {
        int height = large.shape().size(2);
        int width = large.shape().size(3);
        int rows = small.shape().size(2);
        int columns = small.shape().size(3);
        int planes = small.shape().size(0) * small.shape().size(1);
        int work = Math.max(1, rows * columns * g.height() * g.width());
        Taps[] across = new Taps[columns];
        for (int ox = 0; ox < columns; ox++) {
            across[ox] = Taps.of(ox, g.width(), g.strideX(), g.dilationX(), g.padLeft(), width);
        }
        Chunks.forEach(parallel, planes, Math.max(1, Chunks.SIZE / work), (from, to) -> {
            for (int plane = from; plane < to; plane++) {
                for (int oy = 0; oy < rows; oy++) {
                    Taps down = Taps.of(oy, g.height(), g.strideY(), g.dilationY(), g.padTop(), height);
                    for (int ox = 0; ox < columns; ox++) {
                        int window = (plane * rows + oy) * columns + ox;
                        visitor.accept(plane * height * width, window, down, across[ox]);
                    }
                }
            }
        });
    }
}
