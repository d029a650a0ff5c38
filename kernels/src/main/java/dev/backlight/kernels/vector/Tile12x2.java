package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tile of 12 rows by two vectors. 24 accumulators, two column vectors and one broadcast fit the 32 registers of 512-bit
 * machines; this shape reaches their multiply-add peak.
 *
 * <p>Every accumulator is a local variable of its own because C2 keeps a vector in a register only as a local; an array of
 * vectors would live in memory.
 */
final class Tile12x2 implements Tile {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();
    private static final int ROWS = 12;
    private static final Tile NARROW = new Tile12x1();

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
        FloatVector c60 = start(accumulate, c, cAt + 6 * cStep), c61 = start(accumulate, c, cAt + 6 * cStep + L);
        FloatVector c70 = start(accumulate, c, cAt + 7 * cStep), c71 = start(accumulate, c, cAt + 7 * cStep + L);
        FloatVector c80 = start(accumulate, c, cAt + 8 * cStep), c81 = start(accumulate, c, cAt + 8 * cStep + L);
        FloatVector c90 = start(accumulate, c, cAt + 9 * cStep), c91 = start(accumulate, c, cAt + 9 * cStep + L);
        FloatVector c100 = start(accumulate, c, cAt + 10 * cStep), c101 = start(accumulate, c, cAt + 10 * cStep + L);
        FloatVector c110 = start(accumulate, c, cAt + 11 * cStep), c111 = start(accumulate, c, cAt + 11 * cStep + L);
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
            x = FloatVector.broadcast(S, a[row + 6]);
            c60 = x.fma(b0, c60);
            c61 = x.fma(b1, c61);
            x = FloatVector.broadcast(S, a[row + 7]);
            c70 = x.fma(b0, c70);
            c71 = x.fma(b1, c71);
            x = FloatVector.broadcast(S, a[row + 8]);
            c80 = x.fma(b0, c80);
            c81 = x.fma(b1, c81);
            x = FloatVector.broadcast(S, a[row + 9]);
            c90 = x.fma(b0, c90);
            c91 = x.fma(b1, c91);
            x = FloatVector.broadcast(S, a[row + 10]);
            c100 = x.fma(b0, c100);
            c101 = x.fma(b1, c101);
            x = FloatVector.broadcast(S, a[row + 11]);
            c110 = x.fma(b0, c110);
            c111 = x.fma(b1, c111);
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
        c60.intoArray(c, cAt + 6 * cStep);
        c61.intoArray(c, cAt + 6 * cStep + L);
        c70.intoArray(c, cAt + 7 * cStep);
        c71.intoArray(c, cAt + 7 * cStep + L);
        c80.intoArray(c, cAt + 8 * cStep);
        c81.intoArray(c, cAt + 8 * cStep + L);
        c90.intoArray(c, cAt + 9 * cStep);
        c91.intoArray(c, cAt + 9 * cStep + L);
        c100.intoArray(c, cAt + 10 * cStep);
        c101.intoArray(c, cAt + 10 * cStep + L);
        c110.intoArray(c, cAt + 11 * cStep);
        c111.intoArray(c, cAt + 11 * cStep + L);
    }

    private static FloatVector start(boolean accumulate, float[] c, int at) {
        return accumulate ? FloatVector.fromArray(S, c, at) : FloatVector.zero(S);
    }
}
