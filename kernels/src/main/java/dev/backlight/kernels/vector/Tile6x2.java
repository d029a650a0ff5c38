package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tile of 6 rows by two vectors. 12 accumulators, two column vectors and one broadcast fit the 16 registers of 256-bit
 * machines.
 *
 * <p>Every accumulator is a local variable of its own because C2 keeps a vector in a register only as a local; an array of
 * vectors would live in memory.
 */
final class Tile6x2 implements Tile {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();
    private static final int ROWS = 6;
    private static final Tile NARROW = new Tile6x1();

    @Override
    public int rows() {
        return ROWS;
    }

    @Override
    public int columns() {
        return 2 * L;
    }

    @Override
    public Tile narrow() {
        return NARROW;
    }

    @Override
    public void run(
            Steps steps, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cStep, boolean accumulate) {
        int count = steps.count();
        int[] offsets = steps.offsets();
        int first = steps.first();
        FloatVector c00 = start(accumulate, c, cAt), c01 = start(accumulate, c, cAt + L);
        FloatVector c10 = start(accumulate, c, cAt + cStep), c11 = start(accumulate, c, cAt + cStep + L);
        FloatVector c20 = start(accumulate, c, cAt + 2 * cStep), c21 = start(accumulate, c, cAt + 2 * cStep + L);
        FloatVector c30 = start(accumulate, c, cAt + 3 * cStep), c31 = start(accumulate, c, cAt + 3 * cStep + L);
        FloatVector c40 = start(accumulate, c, cAt + 4 * cStep), c41 = start(accumulate, c, cAt + 4 * cStep + L);
        FloatVector c50 = start(accumulate, c, cAt + 5 * cStep), c51 = start(accumulate, c, cAt + 5 * cStep + L);
        for (int k = 0; k < count; k++) {
            int at = bAt + offsets[first + k];
            FloatVector b0 = FloatVector.fromArray(S, b, at), b1 = FloatVector.fromArray(S, b, at + L);
            int row = aAt + k * ROWS;
            FloatVector x = FloatVector.broadcast(S, a[row]);
            c00 = x.fma(b0, c00);
            c01 = x.fma(b1, c01);
            x = FloatVector.broadcast(S, a[row + 1]);
            c10 = x.fma(b0, c10);
            c11 = x.fma(b1, c11);
            x = FloatVector.broadcast(S, a[row + 2]);
            c20 = x.fma(b0, c20);
            c21 = x.fma(b1, c21);
            x = FloatVector.broadcast(S, a[row + 3]);
            c30 = x.fma(b0, c30);
            c31 = x.fma(b1, c31);
            x = FloatVector.broadcast(S, a[row + 4]);
            c40 = x.fma(b0, c40);
            c41 = x.fma(b1, c41);
            x = FloatVector.broadcast(S, a[row + 5]);
            c50 = x.fma(b0, c50);
            c51 = x.fma(b1, c51);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c10.intoArray(c, cAt + cStep);
        c11.intoArray(c, cAt + cStep + L);
        c20.intoArray(c, cAt + 2 * cStep);
        c21.intoArray(c, cAt + 2 * cStep + L);
        c30.intoArray(c, cAt + 3 * cStep);
        c31.intoArray(c, cAt + 3 * cStep + L);
        c40.intoArray(c, cAt + 4 * cStep);
        c41.intoArray(c, cAt + 4 * cStep + L);
        c50.intoArray(c, cAt + 5 * cStep);
        c51.intoArray(c, cAt + 5 * cStep + L);
    }

    private static FloatVector start(boolean accumulate, float[] c, int at) {
        return accumulate ? FloatVector.fromArray(S, c, at) : FloatVector.zero(S);
    }
}
