package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Softmax down columns: element k of column j is at {@code k·stride + j}; up to a vector of columns together. Exponentials are
 * summed with their running error (Kahan 1965), so that high columns lose no digits; y may be x.
 */
final class SoftmaxColumns {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;

    private SoftmaxColumns() {}

    /** eˣ / Σ eˣ of {@code count} columns of {@code size} elements. */
    static void quotients(float[] x, int at, float[] y, int to, int size, int stride, int count) {
        VectorMask<Float> mask = S.indexInRange(0, count);
        FloatVector largest = largest(x, at, size, stride, mask);
        FloatVector sum = FloatVector.zero(S);
        FloatVector error = sum;
        for (int k = 0; k < size; k++) {
            FloatVector e = VectorMath.exp(
                    FloatVector.fromArray(S, x, at + k * stride, mask).sub(largest));
            e.intoArray(y, to + k * stride, mask);
            FloatVector term = e.sub(error);
            FloatVector next = sum.add(term);
            error = next.sub(sum).sub(term);
            sum = next;
        }
        FloatVector scale = FloatVector.broadcast(S, 1).div(sum.sub(error));
        for (int k = 0; k < size; k++) {
            int i = to + k * stride;
            FloatVector.fromArray(S, y, i, mask).mul(scale).intoArray(y, i, mask);
        }
    }

    /** x − log Σ eˣ of {@code count} columns of {@code size} elements. */
    static void logarithms(float[] x, int at, float[] y, int to, int size, int stride, int count) {
        VectorMask<Float> mask = S.indexInRange(0, count);
        FloatVector largest = largest(x, at, size, stride, mask);
        FloatVector sum = FloatVector.zero(S);
        FloatVector error = sum;
        for (int k = 0; k < size; k++) {
            FloatVector term = VectorMath.exp(
                            FloatVector.fromArray(S, x, at + k * stride, mask).sub(largest))
                    .sub(error);
            FloatVector next = sum.add(term);
            error = next.sub(sum).sub(term);
            sum = next;
        }
        FloatVector log = VectorMath.log(sum.sub(error));
        for (int k = 0; k < size; k++) {
            FloatVector v = FloatVector.fromArray(S, x, at + k * stride, mask);
            v.sub(largest).sub(log).intoArray(y, to + k * stride, mask);
        }
    }

    private static FloatVector largest(float[] x, int at, int size, int stride, VectorMask<Float> mask) {
        FloatVector largest = FloatVector.fromArray(S, x, at, mask);
        for (int k = 1; k < size; k++) {
            largest = largest.max(FloatVector.fromArray(S, x, at + k * stride, mask));
        }
        return largest;
    }
}
