package dev.backlight.kernels.vector;

/**
 * The innermost product: {@code rows()} rows by {@link Lanes#PANEL} columns of C, held in registers over a run of steps.
 *
 * <pre>C[r][j] (+)= Σ_k a[aAt + k·rows + r] · b[bAt + offsets[first + k] + j]</pre>
 *
 * <p>The right operand is reached through one offset per step. A packed panel has offsets k·PANEL; a convolution has the
 * displacement of its k-th filter tap inside the padded image and so needs no unfolded copy of it.
 */
sealed interface Tile permits Tile12x2, Tile8x2, Tile6x2, Tile4x2, Tile12x1, Tile8x1, Tile6x1, Tile4x1 {
    int rows();

    /** Columns that it computes: those of a panel, or the first half of them. */
    int columns();

    /** The tile of as many rows that computes the first half of the columns only, for a panel that has no others. */
    Tile narrow();

    /**
     * Sums one run of steps into one tile.
     *
     * @param a the left operand, packed by {@link PackedRows}
     * @param c holds the tile, its rows {@code cStep} apart
     * @param accumulate whether C holds the sum of earlier steps; otherwise it is overwritten
     */
    void run(Steps steps, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cStep, boolean accumulate);

    /** A run of summation steps: {@code count} entries of {@code offsets} from {@code first} on. */
    record Steps(int[] offsets, int first, int count) {}
}
