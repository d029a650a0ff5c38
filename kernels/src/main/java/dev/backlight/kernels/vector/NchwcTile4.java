package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Four positions, for what is left of a row: their eight sums are just as many as hide the latency of a multiply-add on two units. */
final class NchwcTile4 implements NchwcTile {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    @Override
    public int positions() {
        return 4;
    }

    @Override
    public void run(float[] x, int at, int[] offsets, float[] w, int wAt, float[] c, int cAt, int half) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector c00 = zero, c01 = zero;
        FloatVector c10 = zero, c11 = zero;
        FloatVector c20 = zero, c21 = zero;
        FloatVector c30 = zero, c31 = zero;
        for (int k = 0; k < offsets.length; k++) {
            int from = at + offsets[k];
            int weights = wAt + k * 2 * L;
            FloatVector w0 = FloatVector.fromArray(S, w, weights), w1 = FloatVector.fromArray(S, w, weights + L);
            FloatVector v = FloatVector.broadcast(S, x[from]);
            c00 = v.fma(w0, c00);
            c01 = v.fma(w1, c01);
            v = FloatVector.broadcast(S, x[from + L]);
            c10 = v.fma(w0, c10);
            c11 = v.fma(w1, c11);
            v = FloatVector.broadcast(S, x[from + 2 * L]);
            c20 = v.fma(w0, c20);
            c21 = v.fma(w1, c21);
            v = FloatVector.broadcast(S, x[from + 3 * L]);
            c30 = v.fma(w0, c30);
            c31 = v.fma(w1, c31);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + half);
        c10.intoArray(c, cAt + L);
        c11.intoArray(c, cAt + L + half);
        c20.intoArray(c, cAt + 2 * L);
        c21.intoArray(c, cAt + 2 * L + half);
        c30.intoArray(c, cAt + 3 * L);
        c31.intoArray(c, cAt + 3 * L + half);
    }
}
