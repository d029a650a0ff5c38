package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Register tile of 8 rows by one vector, see {@link Tile#narrow}. */
final class Tile8x1 implements Tile {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int ROWS = 8;

    @Override
    public int rows() {
        return ROWS;
    }

    @Override
    public int columns() {
        return S.length();
    }

    @Override
    public Tile narrow() {
        return this;
    }

    @Override
    public void run(
            Steps steps, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cStep, boolean accumulate) {
        int count = steps.count();
        int[] offsets = steps.offsets();
        int first = steps.first();
        FloatVector c0 = start(accumulate, c, cAt);
        FloatVector c1 = start(accumulate, c, cAt + cStep);
        FloatVector c2 = start(accumulate, c, cAt + 2 * cStep);
        FloatVector c3 = start(accumulate, c, cAt + 3 * cStep);
        FloatVector c4 = start(accumulate, c, cAt + 4 * cStep);
        FloatVector c5 = start(accumulate, c, cAt + 5 * cStep);
        FloatVector c6 = start(accumulate, c, cAt + 6 * cStep);
        FloatVector c7 = start(accumulate, c, cAt + 7 * cStep);
        for (int k = 0; k < count; k++) {
            FloatVector v = FloatVector.fromArray(S, b, bAt + offsets[first + k]);
            int row = aAt + k * ROWS;
            c0 = FloatVector.broadcast(S, a[row]).fma(v, c0);
            c1 = FloatVector.broadcast(S, a[row + 1]).fma(v, c1);
            c2 = FloatVector.broadcast(S, a[row + 2]).fma(v, c2);
            c3 = FloatVector.broadcast(S, a[row + 3]).fma(v, c3);
            c4 = FloatVector.broadcast(S, a[row + 4]).fma(v, c4);
            c5 = FloatVector.broadcast(S, a[row + 5]).fma(v, c5);
            c6 = FloatVector.broadcast(S, a[row + 6]).fma(v, c6);
            c7 = FloatVector.broadcast(S, a[row + 7]).fma(v, c7);
        }
        c0.intoArray(c, cAt);
        c1.intoArray(c, cAt + cStep);
        c2.intoArray(c, cAt + 2 * cStep);
        c3.intoArray(c, cAt + 3 * cStep);
        c4.intoArray(c, cAt + 4 * cStep);
        c5.intoArray(c, cAt + 5 * cStep);
        c6.intoArray(c, cAt + 6 * cStep);
        c7.intoArray(c, cAt + 7 * cStep);
    }

    private static FloatVector start(boolean accumulate, float[] c, int at) {
        return accumulate ? FloatVector.fromArray(S, c, at) : FloatVector.zero(S);
    }
}
