package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Three vectors: nine accumulators, three weights and one vector fit the 16 registers of 128- and 256-bit machines. */
final class FewRowsTile3 implements FewRowsTile {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    @Override
    public int vectors() {
        return 3;
    }

    @Override
    public void run(float[] x, int at, int[] offsets, float[] w, int wAt, float[] c, int cAt, int pitch) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector c00 = zero, c01 = zero, c02 = zero;
        FloatVector c10 = zero, c11 = zero, c12 = zero;
        FloatVector c20 = zero, c21 = zero, c22 = zero;
        for (int k = 0; k < offsets.length; k++) {
            int from = at + offsets[k];
            int weights = wAt + k * ROWS;
            FloatVector w0 = FloatVector.broadcast(S, w[weights]);
            FloatVector w1 = FloatVector.broadcast(S, w[weights + 1]);
            FloatVector w2 = FloatVector.broadcast(S, w[weights + 2]);
            FloatVector v = FloatVector.fromArray(S, x, from);
            c00 = v.fma(w0, c00);
            c10 = v.fma(w1, c10);
            c20 = v.fma(w2, c20);
            v = FloatVector.fromArray(S, x, from + L);
            c01 = v.fma(w0, c01);
            c11 = v.fma(w1, c11);
            c21 = v.fma(w2, c21);
            v = FloatVector.fromArray(S, x, from + 2 * L);
            c02 = v.fma(w0, c02);
            c12 = v.fma(w1, c12);
            c22 = v.fma(w2, c22);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c02.intoArray(c, cAt + 2 * L);
        c10.intoArray(c, cAt + pitch);
        c11.intoArray(c, cAt + pitch + L);
        c12.intoArray(c, cAt + pitch + 2 * L);
        c20.intoArray(c, cAt + 2 * pitch);
        c21.intoArray(c, cAt + 2 * pitch + L);
        c22.intoArray(c, cAt + 2 * pitch + 2 * L);
    }
}
