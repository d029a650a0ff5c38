package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Seven vectors: 112 columns of 512-bit machines, as many as half the width of the usual images. 21 of 32 registers add up. */
final class FewRowsTile7 implements FewRowsTile {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    @Override
    public int vectors() {
        return 7;
    }

    @Override
    public void run(float[] x, int at, int[] offsets, float[] w, int wAt, float[] c, int cAt, int pitch) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector c00 = zero, c01 = zero, c02 = zero, c03 = zero, c04 = zero, c05 = zero, c06 = zero;
        FloatVector c10 = zero, c11 = zero, c12 = zero, c13 = zero, c14 = zero, c15 = zero, c16 = zero;
        FloatVector c20 = zero, c21 = zero, c22 = zero, c23 = zero, c24 = zero, c25 = zero, c26 = zero;
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
            v = FloatVector.fromArray(S, x, from + 3 * L);
            c03 = v.fma(w0, c03);
            c13 = v.fma(w1, c13);
            c23 = v.fma(w2, c23);
            v = FloatVector.fromArray(S, x, from + 4 * L);
            c04 = v.fma(w0, c04);
            c14 = v.fma(w1, c14);
            c24 = v.fma(w2, c24);
            v = FloatVector.fromArray(S, x, from + 5 * L);
            c05 = v.fma(w0, c05);
            c15 = v.fma(w1, c15);
            c25 = v.fma(w2, c25);
            v = FloatVector.fromArray(S, x, from + 6 * L);
            c06 = v.fma(w0, c06);
            c16 = v.fma(w1, c16);
            c26 = v.fma(w2, c26);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c02.intoArray(c, cAt + 2 * L);
        c03.intoArray(c, cAt + 3 * L);
        c04.intoArray(c, cAt + 4 * L);
        c05.intoArray(c, cAt + 5 * L);
        c06.intoArray(c, cAt + 6 * L);
        c10.intoArray(c, cAt + pitch);
        c11.intoArray(c, cAt + pitch + L);
        c12.intoArray(c, cAt + pitch + 2 * L);
        c13.intoArray(c, cAt + pitch + 3 * L);
        c14.intoArray(c, cAt + pitch + 4 * L);
        c15.intoArray(c, cAt + pitch + 5 * L);
        c16.intoArray(c, cAt + pitch + 6 * L);
        c20.intoArray(c, cAt + 2 * pitch);
        c21.intoArray(c, cAt + 2 * pitch + L);
        c22.intoArray(c, cAt + 2 * pitch + 2 * L);
        c23.intoArray(c, cAt + 2 * pitch + 3 * L);
        c24.intoArray(c, cAt + 2 * pitch + 4 * L);
        c25.intoArray(c, cAt + 2 * pitch + 5 * L);
        c26.intoArray(c, cAt + 2 * pitch + 6 * L);
    }
}
