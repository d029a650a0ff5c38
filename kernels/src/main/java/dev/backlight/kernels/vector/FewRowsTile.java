package dev.backlight.kernels.vector;

/**
 * The innermost product of an input gradient with few channels: three rows of weights by some vectors of neighbouring columns,
 * held in registers over the whole sum.
 *
 * <pre>C[m][j] = Σ_k w[wAt + 3k + m] · x[at + offsets[k] + j]</pre>
 *
 * with C[m][j] at {@code c[cAt + m·pitch + j]}. Terms are added in the order of k, by fused multiply-adds from 0 on, as
 * {@link Tile} does. A {@link Tile} with so few rows would wait for loads.
 */
sealed interface FewRowsTile permits FewRowsTile7, FewRowsTile3 {
    /** Rows of a tile; unused ones have weights of 0. */
    int ROWS = 3;

    int vectors();

    void run(float[] x, int at, int[] offsets, float[] w, int wAt, float[] c, int cAt, int pitch);

    /** Widest first. */
    FewRowsTile[] SHAPES = Lanes.FLOAT.vectorBitSize() == 512
            ? new FewRowsTile[] {new FewRowsTile7(), new FewRowsTile3()}
            : new FewRowsTile[] {new FewRowsTile3()};

    /** How many columns are computed for {@code count} to be covered. */
    static int covered(int count) {
        int length = Lanes.FLOAT.length();
        int left = Math.ceilDiv(count, length), covered = 0;
        for (FewRowsTile shape : SHAPES) {
            int whole = left / shape.vectors() * shape.vectors();
            covered += whole;
            left -= whole;
        }
        return (left > 0 ? covered + SHAPES[SHAPES.length - 1].vectors() : covered) * length;
    }

    /** Computes {@code covered(count)} columns, a row of which begins that many elements after the one before. */
    static void cover(int count, float[] x, int at, int[] offsets, float[] w, int wAt, float[] c) {
        int covered = covered(count);
        int done = 0;
        for (FewRowsTile shape : SHAPES) {
            int width = shape.vectors() * Lanes.FLOAT.length();
            for (; done + width <= covered; done += width) {
                shape.run(x, at + done, offsets, w, wAt, c, done, covered);
            }
        }
    }
}
