package dev.backlight.kernels.vector;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.longs;
import static dev.backlight.engine.backend.HostBackend.offset;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.IS_NAN;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** The winners of max-pools over images in channel blocks, by the rules of {@link MaxPoolRows}: a vector is one window of each channel. */
final class NchwcPooling {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final VectorSpecies<Integer> I = Lanes.INT;
    private static final int L = S.length();

    private final Parallel parallel;

    NchwcPooling(Parallel parallel) {
        this.parallel = parallel;
    }

    void maxIndices(WindowGeometry g, DeviceArray x, DeviceArray out) {
        Shape small = out.shape();
        int rows = small.size(2), columns = small.size(3);
        Plane plane = new Plane(g, x.shape().size(2), x.shape().size(3));
        Chunks.forEach(parallel, small.size(0) * small.size(1) * rows, 4, (from, to) -> {
            int[] winners = new int[L];
            for (int row = from; row < to; row++) {
                int source = offset(x) + row / rows * plane.height * plane.width * L;
                for (int column = 0; column < columns; column++) {
                    plane.winners(floats(x), source, row % rows, column, winners);
                    int target = offset(out) + (row * columns + column) * L;
                    for (int i = 0; i < L; i++) {
                        longs(out)[target + i] = winners[i];
                    }
                }
            }
        });
    }

    /** The planes of a block of channels under a window. */
    private record Plane(WindowGeometry g, int height, int width) {
        /** The index within the plane of the largest element under one window, per channel; −1 where all is padding. */
        void winners(float[] x, int at, int row, int column, int[] winners) {
            int top = row * g.strideY() - g.padTop(), left = column * g.strideX() - g.padLeft();
            int firstY = first(top, g.dilationY()), endY = end(top, g.dilationY(), g.height(), height);
            int firstX = first(left, g.dilationX()), endX = end(left, g.dilationX(), g.width(), width);
            boolean isEmpty = firstY >= endY || firstX >= endX;
            int begin = (top + firstY * g.dilationY()) * width + left + firstX * g.dilationX();
            IntVector winner = IntVector.broadcast(I, isEmpty ? -1 : begin);
            FloatVector champion = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int ky = firstY; ky < endY; ky++) {
                for (int kx = firstX; kx < endX; kx++) {
                    int place = (top + ky * g.dilationY()) * width + left + kx * g.dilationX();
                    FloatVector value = FloatVector.fromArray(S, x, at + place * L);
                    VectorMask<Float> wins =
                            value.compare(GT, champion).or(value.test(IS_NAN).andNot(champion.test(IS_NAN)));
                    champion = champion.blend(value, wins);
                    winner = winner.blend(place, wins.cast(I));
                }
            }
            winner.intoArray(winners, 0);
        }

        private static int first(int origin, int dilation) {
            return Math.max(0, Math.ceilDiv(-origin, dilation));
        }

        private static int end(int origin, int dilation, int taps, int size) {
            return Math.min(taps, Math.ceilDiv(size - origin, dilation));
        }
    }
}
