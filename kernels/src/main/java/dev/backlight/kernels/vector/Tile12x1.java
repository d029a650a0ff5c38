package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Register tile of 12 rows by one vector, see {@link Tile#narrow}. */
final class Tile12x1 implements Tile {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int PANEL = Lanes.PANEL;
    private static final int ROWS = 12;

    @Override
    public int rows() {
        return ROWS;
    }

    @Override
    public Tile narrow() {
        return this;
    }

    @Override
    public void run(Steps steps, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, boolean accumulate) {
        int count = steps.count();
        int[] offsets = steps.offsets();
        int first = steps.first();
        FloatVector c0 = start(accumulate, c, cAt + 0 * PANEL);
        FloatVector c1 = start(accumulate, c, cAt + 1 * PANEL);
        FloatVector c2 = start(accumulate, c, cAt + 2 * PANEL);
        FloatVector c3 = start(accumulate, c, cAt + 3 * PANEL);
        FloatVector c4 = start(accumulate, c, cAt + 4 * PANEL);
        FloatVector c5 = start(accumulate, c, cAt + 5 * PANEL);
        FloatVector c6 = start(accumulate, c, cAt + 6 * PANEL);
        FloatVector c7 = start(accumulate, c, cAt + 7 * PANEL);
        FloatVector c8 = start(accumulate, c, cAt + 8 * PANEL);
        FloatVector c9 = start(accumulate, c, cAt + 9 * PANEL);
        FloatVector c10 = start(accumulate, c, cAt + 10 * PANEL);
        FloatVector c11 = start(accumulate, c, cAt + 11 * PANEL);
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
            c8 = FloatVector.broadcast(S, a[row + 8]).fma(v, c8);
            c9 = FloatVector.broadcast(S, a[row + 9]).fma(v, c9);
            c10 = FloatVector.broadcast(S, a[row + 10]).fma(v, c10);
            c11 = FloatVector.broadcast(S, a[row + 11]).fma(v, c11);
        }
        c0.intoArray(c, cAt + 0 * PANEL);
        c1.intoArray(c, cAt + 1 * PANEL);
        c2.intoArray(c, cAt + 2 * PANEL);
        c3.intoArray(c, cAt + 3 * PANEL);
        c4.intoArray(c, cAt + 4 * PANEL);
        c5.intoArray(c, cAt + 5 * PANEL);
        c6.intoArray(c, cAt + 6 * PANEL);
        c7.intoArray(c, cAt + 7 * PANEL);
        c8.intoArray(c, cAt + 8 * PANEL);
        c9.intoArray(c, cAt + 9 * PANEL);
        c10.intoArray(c, cAt + 10 * PANEL);
        c11.intoArray(c, cAt + 11 * PANEL);
    }

    private static FloatVector start(boolean accumulate, float[] c, int at) {
        return accumulate ? FloatVector.fromArray(S, c, at) : FloatVector.zero(S);
    }
}
