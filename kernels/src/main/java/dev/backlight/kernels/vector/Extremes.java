package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The largest and the smallest element of contiguous runs; NaN if any is. */
final class Extremes {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    private Extremes() {}

    static float maximum(float[] x, int at, int n) {
        float best = Float.NEGATIVE_INFINITY;
        int i = 0;
        if (n >= L) {
            FloatVector lanes = FloatVector.fromArray(S, x, at);
            for (i = L; i + L <= n; i += L) {
                lanes = lanes.max(FloatVector.fromArray(S, x, at + i));
            }
            best = lanes.reduceLanes(VectorOperators.MAX);
        }
        for (; i < n; i++) {
            best = Math.max(best, x[at + i]);
        }
        return best;
    }

    static float minimum(float[] x, int at, int n) {
        float best = Float.POSITIVE_INFINITY;
        int i = 0;
        if (n >= L) {
            FloatVector lanes = FloatVector.fromArray(S, x, at);
            for (i = L; i + L <= n; i += L) {
                lanes = lanes.min(FloatVector.fromArray(S, x, at + i));
            }
            best = lanes.reduceLanes(VectorOperators.MIN);
        }
        for (; i < n; i++) {
            best = Math.min(best, x[at + i]);
        }
        return best;
    }
}
