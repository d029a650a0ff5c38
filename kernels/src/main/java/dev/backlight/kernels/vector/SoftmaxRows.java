package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Softmax of a contiguous row. Exponentials are summed with the running error of each lane (Kahan 1965), so that long rows
 * lose no digits; y may be x.
 */
final class SoftmaxRows {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    private SoftmaxRows() {}

    /** y[to+i] = e^x[at+i] / Σ eˣ for i below n. */
    static void quotients(float[] x, int at, float[] y, int to, int n) {
        double sum = exponentials(x, at, Extremes.maximum(x, at, n), y, to, n);
        scale((float) (1 / sum), y, to, n);
    }

    /** y[to+i] = x[at+i] − log Σ eˣ for i below n. */
    static void logarithms(float[] x, int at, float[] y, int to, int n) {
        float largest = Extremes.maximum(x, at, n);
        double sum = exponentials(x, at, largest, null, 0, n);
        subtract(largest, (float) Math.log(sum), x, at, y, to, n);
    }

    /** Σ e^(x − largest) over a row, each of which goes into y unless that is null. */
    private static double exponentials(float[] x, int at, float largest, float @Nullable [] y, int to, int n) {
        FloatVector sum = FloatVector.zero(S);
        FloatVector error = sum;
        int whole = S.loopBound(n);
        for (int i = 0; i < whole; i += L) {
            FloatVector e = VectorMath.exp(FloatVector.fromArray(S, x, at + i).sub(largest));
            if (y != null) {
                e.intoArray(y, to + i);
            }
            FloatVector term = e.sub(error);
            FloatVector next = sum.add(term);
            error = next.sub(sum).sub(term);
            sum = next;
        }
        if (whole < n) {
            VectorMask<Float> mask = S.indexInRange(whole, n);
            FloatVector e =
                    VectorMath.exp(FloatVector.fromArray(S, x, at + whole, mask).sub(largest));
            if (y != null) {
                e.intoArray(y, to + whole, mask);
            }
            sum = sum.add(e, mask);
        }
        return Lanes.sum(sum.sub(error));
    }

    private static void scale(float factor, float[] y, int to, int n) {
        int i = 0;
        for (; i + L <= n; i += L) {
            FloatVector.fromArray(S, y, to + i).mul(factor).intoArray(y, to + i);
        }
        for (; i < n; i++) {
            y[to + i] *= factor;
        }
    }

    private static void subtract(float largest, float log, float[] x, int at, float[] y, int to, int n) {
        int i = 0;
        for (; i + L <= n; i += L) {
            FloatVector.fromArray(S, x, at + i).sub(largest).sub(log).intoArray(y, to + i);
        }
        for (; i < n; i++) {
            y[to + i] = x[at + i] - largest - log;
        }
    }
}
