package dev.backlight.kernels.vector;

/** Receives finished tiles of a product. */
interface TileSink {
    /**
     * Stores one finished tile.
     *
     * @param tiles holds the tile from {@code at} on, row-major with row length {@link Lanes#PANEL}
     * @param row the tile's first row in the product
     * @param rows how many rows of the tile exist
     * @param panel the tile's panel; the sink knows how many of its columns exist
     */
    void store(float[] tiles, int at, int row, int rows, int panel);
}
