package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Eight positions: two of them take 16, where 14 would leave two. */
final class NchwcTile8 implements NchwcTile {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    @Override
    public int positions() {
        return 8;
    }

    @Override
    public void run(float[] x, int at, int[] offsets, float[] w, int wAt, float[] c, int cAt, int half) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector c00 = zero, c01 = zero;
        FloatVector c10 = zero, c11 = zero;
        FloatVector c20 = zero, c21 = zero;
        FloatVector c30 = zero, c31 = zero;
        FloatVector c40 = zero, c41 = zero;
        FloatVector c50 = zero, c51 = zero;
        FloatVector c60 = zero, c61 = zero;
        FloatVector c70 = zero, c71 = zero;
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
            v = FloatVector.broadcast(S, x[from + 4 * L]);
            c40 = v.fma(w0, c40);
            c41 = v.fma(w1, c41);
            v = FloatVector.broadcast(S, x[from + 5 * L]);
            c50 = v.fma(w0, c50);
            c51 = v.fma(w1, c51);
            v = FloatVector.broadcast(S, x[from + 6 * L]);
            c60 = v.fma(w0, c60);
            c61 = v.fma(w1, c61);
            v = FloatVector.broadcast(S, x[from + 7 * L]);
            c70 = v.fma(w0, c70);
            c71 = v.fma(w1, c71);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + half);
        c10.intoArray(c, cAt + L);
        c11.intoArray(c, cAt + L + half);
        c20.intoArray(c, cAt + 2 * L);
        c21.intoArray(c, cAt + 2 * L + half);
        c30.intoArray(c, cAt + 3 * L);
        c31.intoArray(c, cAt + 3 * L + half);
        c40.intoArray(c, cAt + 4 * L);
        c41.intoArray(c, cAt + 4 * L + half);
        c50.intoArray(c, cAt + 5 * L);
        c51.intoArray(c, cAt + 5 * L + half);
        c60.intoArray(c, cAt + 6 * L);
        c61.intoArray(c, cAt + 6 * L + half);
        c70.intoArray(c, cAt + 7 * L);
        c71.intoArray(c, cAt + 7 * L + half);
    }
}
