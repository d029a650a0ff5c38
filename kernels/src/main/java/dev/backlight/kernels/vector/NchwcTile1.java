package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** One position, for what is left of a row. */
final class NchwcTile1 implements NchwcTile {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    @Override
    public int positions() {
        return 1;
    }

    @Override
    public void run(float[] x, int at, int[] offsets, float[] w, int wAt, float[] c, int cAt, int half) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector c00 = zero, c01 = zero;
        for (int k = 0; k < offsets.length; k++) {
            int from = at + offsets[k];
            int weights = wAt + k * 2 * L;
            FloatVector w0 = FloatVector.fromArray(S, w, weights), w1 = FloatVector.fromArray(S, w, weights + L);
            FloatVector v = FloatVector.broadcast(S, x[from]);
            c00 = v.fma(w0, c00);
            c01 = v.fma(w1, c01);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + half);
    }
}
