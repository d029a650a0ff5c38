package dev.backlight.kernels.vector;

import java.util.Arrays;

/**
 * The innermost product of convolutions whose images keep a vector's worth of channels side by side (NCHWc): some neighbouring
 * positions by two vectors of output channels, held in registers over the whole sum.
 *
 * <pre>C[h][p][lane] = Σ_k x[at + offsets[k] + p·L] · w[wAt + (2k + h)·L + lane]</pre>
 *
 * with L the length of a vector, h = 0 or 1, and C[h][p] at {@code c[cAt + h·half + p·L]}. Images are read where they are, one
 * number at a time, and weights as vectors: the reverse of {@link Tile}, so that nothing has to be packed but weights. Terms
 * are added in the order of k, by fused multiply-adds from 0 on, as {@link Tile} does, so both give the same bits.
 *
 * <p>Each shape is written out for the reason given at {@link Tile12x2}: C2 keeps a vector in a register only as a local.
 */
sealed interface NchwcTile permits NchwcTile14, NchwcTile8, NchwcTile7, NchwcTile6, NchwcTile4, NchwcTile2, NchwcTile1 {
    int positions();

    void run(float[] x, int at, int[] offsets, float[] w, int wAt, float[] c, int cAt, int half);

    /** Largest first; the last takes one position. */
    NchwcTile[] SHAPES = Lanes.FLOAT.vectorBitSize() == 512
            ? new NchwcTile[] {
                new NchwcTile14(),
                new NchwcTile8(),
                new NchwcTile7(),
                new NchwcTile4(),
                new NchwcTile2(),
                new NchwcTile1()
            }
            : new NchwcTile[] {new NchwcTile6(), new NchwcTile2(), new NchwcTile1()};

    /**
     * Whether it is the next where {@code left} positions remain. Of 15 and 16 it is not the 14: 8 and 7, or 8 and 8, keep more sums
     * under way than a tile of one or two, which waits for each multiply-add.
     */
    private boolean suits(int left) {
        return positions() <= left && !(positions() == 14 && (left == 15 || left == 16));
    }

    /** The tile that comes next where {@code left} positions remain. */
    static NchwcTile next(int left) {
        for (NchwcTile shape : SHAPES) {
            if (shape.suits(left)) {
                return shape;
            }
        }
        throw new IllegalArgumentException("no tile covers " + left + " positions");
    }

    /** Of each of {@code count} positions, the first of those that the same tile covers. */
    static int[] begins(int count) {
        int[] begins = new int[count];
        for (int begin = 0; begin < count; ) {
            int end = begin + next(count - begin).positions();
            Arrays.fill(begins, begin, end, begin);
            begin = end;
        }
        return begins;
    }

    /** Covers {@code count} neighbouring positions with tiles: position p of half h goes to {@code c[cAt + h·half + p·L]}. */
    static void cover(int count, float[] x, int at, int[] offsets, float[] w, int wAt, float[] c, int cAt, int half) {
        int length = Lanes.FLOAT.length();
        for (int done = 0; done < count; ) {
            NchwcTile shape = next(count - done);
            shape.run(x, at + done * length, offsets, w, wAt, c, cAt + done * length, half);
            done += shape.positions();
        }
    }
}
