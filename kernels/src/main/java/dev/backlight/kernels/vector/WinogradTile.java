package dev.backlight.kernels.vector;

/**
 * The transforms of Winograd's minimal filtering F(m×m, 3×3) (Lavin and Gray, "Fast Algorithms for Convolutional Neural
 * Networks", 2016): with n = m + 2, a tile of m×m outputs is {@code Aᵀ[(G w Gᵀ) ⊙ (Bᵀ d B)]A} for the n×n inputs d that it
 * depends on, so that n² products take the place of 9m².
 */
sealed interface WinogradTile permits WinogradTile4, WinogradTile2 {
    /** m, outputs of a tile along either axis. */
    int outputs();

    /** n, inputs of a tile along either axis. */
    default int inputs() {
        return outputs() + 2;
    }

    /** n², products of a tile. */
    default int products() {
        return inputs() * inputs();
    }

    /** G, n rows of 3. */
    double[][] weightTransform();

    /**
     * Bᵀ applied to n rows of pixels: {@code to[at + i·pitch + x] = Σ_k Bᵀ[i][k] · rows[k][from[k] + x]} for x below
     * {@code width}. Rows must be readable, and results are written, up to the next multiple of the vector's length.
     */
    void transformRows(float[][] rows, int[] from, int width, float[] to, int at, int pitch);

    /**
     * Cuts a line of pixels into the tiles' columns:
     * {@code planes[at + j·pitch + t] = line[from + t·m + j]} for j below n and t below {@code tiles}; up to a vector beyond
     * them may be overwritten.
     */
    void split(float[] line, int from, int tiles, float[] planes, int at, int pitch);

    /**
     * B applied to the n columns of tiles, which are {@code pitch} apart: product j of tile t goes to
     * {@code to[at + j·step + panel·panelStep + lane]}, where the tile has its lane in its panel.
     */
    void transformColumns(float[] planes, int from, int pitch, int tiles, float[] to, int at, int step, int panelStep);

    /**
     * Aᵀ·M·A of a vector of tiles, whose products are {@code step} apart: row r of the results, of all tiles joined into a
     * line of pixels, is written from {@code at + r·pitch} on.
     *
     * @param between n·m + m² vectors of scratch
     */
    void transformBack(float[] products, int from, int step, float[] between, float[] lines, int at, int pitch);

    /**
     * B applied to the rows of tiles whose pixels are vectors of channels: with pixel x of the line at {@code from + x·L},
     * product j of tile t goes to {@code to[at + j·step + t·L]}.
     */
    void transformPixels(float[] line, int from, int tiles, float[] to, int at, int step);

    /**
     * Aᵀ·M·A of tiles whose products, {@code step} apart, are vectors of channels, one tile's after the other's: row r of the
     * results, of all tiles joined into a line of vectors, is written from {@code at + r·pitch} on.
     *
     * @param between n·m vectors of scratch
     */
    void transformPixelsBack(
            float[] products, int from, int step, int tiles, float[] between, float[] lines, int at, int pitch);
}
