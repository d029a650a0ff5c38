package dev.backlight.kernels.vector;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Sums of contiguous runs: short chains of additions per lane, blocks added in double; and sums of rows, in double. */
final class Sums {
    /** Elements summed in single precision: at most 64 additions in a lane. */
    private static final int BLOCK = 1024;

    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    private Sums() {}

    static double run(float[] x, int at, int n) {
        double sum = 0;
        for (int first = 0; first < n; first += BLOCK) {
            sum += block(x, at + first, Math.min(BLOCK, n - first));
        }
        return sum;
    }

    private static double block(float[] x, int at, int n) {
        FloatVector s0 = FloatVector.zero(S), s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (; i + 4 * L <= n; i += 4 * L) {
            s0 = s0.add(FloatVector.fromArray(S, x, at + i));
            s1 = s1.add(FloatVector.fromArray(S, x, at + i + L));
            s2 = s2.add(FloatVector.fromArray(S, x, at + i + 2 * L));
            s3 = s3.add(FloatVector.fromArray(S, x, at + i + 3 * L));
        }
        for (; i < n; i += L) {
            VectorMask<Float> mask = S.indexInRange(i, n);
            s0 = s0.add(FloatVector.fromArray(S, x, at + i, mask));
        }
        return Lanes.sum(s0.add(s1).add(s2.add(s3)));
    }

    /** Adds rows of {@code columns} elements, each {@code stride} behind the one before, to the sums of their columns, in order. */
    static void addRows(float[] x, int at, int stride, int rows, int columns, double[] sums, int to) {
        int half = L / 2;
        int whole = columns / L * L;
        for (int j = 0; j < whole; j += L) {
            DoubleVector low = DoubleVector.fromArray(Lanes.DOUBLE, sums, to + j);
            DoubleVector high = DoubleVector.fromArray(Lanes.DOUBLE, sums, to + j + half);
            for (int row = 0; row < rows; row++) {
                FloatVector v = FloatVector.fromArray(S, x, at + row * stride + j);
                low = low.add(v.convertShape(VectorOperators.F2D, Lanes.DOUBLE, 0));
                high = high.add(v.convertShape(VectorOperators.F2D, Lanes.DOUBLE, 1));
            }
            low.intoArray(sums, to + j);
            high.intoArray(sums, to + j + half);
        }
        for (int row = 0; row < rows; row++) {
            for (int j = whole; j < columns; j++) {
                sums[to + j] += x[at + row * stride + j];
            }
        }
    }
}
