package dev.backlight.kernels.vector;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Primitives with one number per channel, axis 1. */
final class Channels {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    private final Parallel parallel;

    Channels(Parallel parallel) {
        this.parallel = parallel;
    }

    void affine(DeviceArray x, DeviceArray scale, DeviceArray shift, DeviceArray out) {
        int channels = x.shape().size(1);
        int plane = plane(x);
        int elements = (int) x.shape().elements();
        Chunks.forEach(parallel, elements, Math.max(plane, Chunks.SIZE / plane * plane), (from, to) -> {
            for (int at = from; at < to; at += plane) {
                int c = at / plane % channels;
                float a = floats(scale)[offset(scale) + c];
                float b = floats(shift)[offset(shift) + c];
                affinePlane(floats(x), offset(x) + at, a, b, floats(out), offset(out) + at, plane);
            }
        });
    }

    private static void affinePlane(float[] x, int at, float scale, float shift, float[] y, int to, int n) {
        FloatVector a = FloatVector.broadcast(S, scale);
        FloatVector b = FloatVector.broadcast(S, shift);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> mask = S.indexInRange(i, n);
            FloatVector.fromArray(S, x, at + i, mask).fma(a, b).intoArray(y, to + i, mask);
        }
    }

    /** Planes are summed in vectors, their sums in double, in the order of the images. */
    void dot(DeviceArray x, DeviceArray y, DeviceArray out) {
        int channels = x.shape().size(1);
        int images = x.shape().size(0);
        int plane = plane(x);
        int together = Math.max(1, Chunks.SIZE / Math.max(1, images * plane));
        Chunks.forEach(parallel, channels, together, (from, to) -> {
            for (int c = from; c < to; c++) {
                double sum = 0;
                for (int n = 0; n < images; n++) {
                    int at = (n * channels + c) * plane;
                    sum += dotPlane(floats(x), offset(x) + at, floats(y), offset(y) + at, plane);
                }
                floats(out)[offset(out) + c] = (float) sum;
            }
        });
    }

    /** At most 64 additions in a lane before its sum goes into a double. */
    private static double dotPlane(float[] x, int atX, float[] y, int atY, int n) {
        double sum = 0;
        for (int first = 0; first < n; first += 64 * L) {
            int end = Math.min(n, first + 64 * L);
            FloatVector lanes = FloatVector.zero(S);
            for (int i = first; i < end; i += L) {
                VectorMask<Float> mask = S.indexInRange(i, end);
                FloatVector v = FloatVector.fromArray(S, x, atX + i, mask);
                lanes = v.fma(FloatVector.fromArray(S, y, atY + i, mask), lanes);
            }
            sum += Lanes.sum(lanes);
        }
        return sum;
    }

    private static int plane(DeviceArray x) {
        int plane = 1;
        for (int axis = 2; axis < x.shape().rank(); axis++) {
            plane *= x.shape().size(axis);
        }
        return plane;
    }
}
