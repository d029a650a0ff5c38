package dev.backlight.kernels.vector;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.longs;
import static dev.backlight.engine.backend.HostBackend.offset;
import static jdk.incubator.vector.VectorOperators.I2L;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Windows over images in channel blocks: a vector is one window of each channel. Max-pools follow the rules of
 * {@link MaxPoolRows}, sums are those of {@link Pooling}, in double and in the same order.
 */
final class NchwcPooling {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final VectorSpecies<Integer> I = Lanes.INT;
    private static final VectorSpecies<Long> LONG = Lanes.LONG;
    private static final int L = S.length();

    private final Parallel parallel;

    NchwcPooling(Parallel parallel) {
        this.parallel = parallel;
    }

    void maxIndices(WindowGeometry g, DeviceArray x, DeviceArray out) {
        Shape small = out.shape();
        int rows = small.size(2), columns = small.size(3);
        Plane plane = new Plane(g, x.shape().size(2), x.shape().size(3));
        Chunks.forEach(parallel, blocks(out) * rows, 4, (from, to) -> {
            for (int row = from; row < to; row++) {
                int source = offset(x) + row / rows * plane.size();
                plane.winners(floats(x), source, row % rows, columns, longs(out), offset(out) + row * columns * L);
            }
        });
    }

    void sum(WindowGeometry g, DeviceArray x, DeviceArray out) {
        Plane plane = new Plane(g, x.shape().size(2), x.shape().size(3));
        int rows = out.shape().size(2), columns = out.shape().size(3);
        Chunks.forEach(parallel, blocks(out) * rows, 4, (from, to) -> {
            double[] sums = new double[L];
            for (int row = from; row < to; row++) {
                int source = offset(x) + row / rows * plane.size();
                for (int column = 0; column < columns; column++) {
                    plane.sum(floats(x), source, row % rows, column, sums);
                    int target = offset(out) + (row * columns + column) * L;
                    for (int i = 0; i < L; i++) {
                        floats(out)[target + i] = (float) sums[i];
                    }
                }
            }
        });
    }

    void sumAdjoint(WindowGeometry g, DeviceArray u, DeviceArray out) {
        Plane plane = new Plane(g, out.shape().size(2), out.shape().size(3));
        int rows = u.shape().size(2), columns = u.shape().size(3);
        Chunks.forEach(parallel, blocks(out), 1, (from, to) -> {
            for (int block = from; block < to; block++) {
                int target = offset(out) + block * plane.size();
                Arrays.fill(floats(out), target, target + plane.size(), 0);
                for (int window = 0; window < rows * columns; window++) {
                    int share = offset(u) + (block * rows * columns + window) * L;
                    plane.add(floats(u), share, window / columns, window % columns, floats(out), target);
                }
            }
        });
    }

    private static int blocks(DeviceArray array) {
        return array.shape().size(0) * array.shape().size(1);
    }

    /** The planes of a block of channels under a window. */
    private record Plane(WindowGeometry g, int height, int width) {
        int size() {
            return height * width * L;
        }

        /** The sums of one window's elements, per channel. */
        void sum(float[] x, int at, int row, int column, double[] sums) {
            int top = row * g.strideY() - g.padTop(), left = column * g.strideX() - g.padLeft();
            Arrays.fill(sums, 0);
            for (int ky = first(top, g.dilationY()); ky < end(top, g.dilationY(), g.height(), height); ky++) {
                for (int kx = first(left, g.dilationX()); kx < end(left, g.dilationX(), g.width(), width); kx++) {
                    int place = at + ((top + ky * g.dilationY()) * width + left + kx * g.dilationX()) * L;
                    for (int i = 0; i < L; i++) {
                        sums[i] += x[place + i];
                    }
                }
            }
        }

        /** Adds one number per channel to all elements of a window. */
        void add(float[] shares, int from, int row, int column, float[] x, int at) {
            int top = row * g.strideY() - g.padTop(), left = column * g.strideX() - g.padLeft();
            FloatVector share = FloatVector.fromArray(S, shares, from);
            for (int ky = first(top, g.dilationY()); ky < end(top, g.dilationY(), g.height(), height); ky++) {
                for (int kx = first(left, g.dilationX()); kx < end(left, g.dilationX(), g.width(), width); kx++) {
                    int place = at + ((top + ky * g.dilationY()) * width + left + kx * g.dilationX()) * L;
                    FloatVector.fromArray(S, x, place).add(share).intoArray(x, place);
                }
            }
        }

        /**
         * The indices within the plane of the largest elements under a row of windows, per window and channel; −1 where all is
         * padding.
         */
        void winners(float[] x, int at, int row, int columns, long[] winners, int to) {
            int top = row * g.strideY() - g.padTop();
            int firstY = first(top, g.dilationY()), endY = end(top, g.dilationY(), g.height(), height);
            int[] taps = {};
            int knownFirst = -1, knownEnd = -1;
            for (int column = 0; column < columns; column++) {
                int left = column * g.strideX() - g.padLeft();
                int firstX = first(left, g.dilationX()), endX = end(left, g.dilationX(), g.width(), width);
                if (firstX != knownFirst || endX != knownEnd) {
                    taps = taps(firstY, endY, firstX, endX);
                    knownFirst = firstX;
                    knownEnd = endX;
                }
                winner(x, at, top * width + left, taps, winners, to + column * L);
            }
        }

        /** Where the taps inside the image lie, seen from a window's top left corner, in row-major order. */
        private int[] taps(int firstY, int endY, int firstX, int endX) {
            int across = Math.max(0, endX - firstX);
            int[] taps = new int[Math.max(0, endY - firstY) * across];
            for (int i = 0; i < taps.length; i++) {
                int ky = firstY + i / across, kx = firstX + i % across;
                taps[i] = ky * g.dilationY() * width + kx * g.dilationX();
            }
            return taps;
        }

        /** All taps in one loop: with bounds to be computed for each window, the processor waited for them between windows. */
        private static void winner(float[] x, int at, int corner, int[] taps, long[] winners, int to) {
            IntVector winner = IntVector.broadcast(I, taps.length == 0 ? -1 : corner + taps[0]);
            FloatVector champion = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int tap : taps) {
                int place = corner + tap;
                FloatVector value = FloatVector.fromArray(S, x, at + place * L);
                VectorMask<Float> wins = MaxPoolRows.wins(value, champion);
                champion = champion.blend(value, wins);
                winner = winner.blend(place, wins.cast(I));
            }
            winner.convertShape(I2L, LONG, 0).reinterpretAsLongs().intoArray(winners, to);
            winner.convertShape(I2L, LONG, 1).reinterpretAsLongs().intoArray(winners, to + L / 2);
        }

        private static int first(int origin, int dilation) {
            return Math.max(0, Math.ceilDiv(-origin, dilation));
        }

        private static int end(int origin, int dilation, int taps, int size) {
            return Math.min(taps, Math.ceilDiv(size - origin, dilation));
        }
    }
}
