package dev.backlight.kernels.vector;

/** Receives finished tiles of a product. */
interface TileSink {
    /**
     * Stores a finished row of tiles, panels {@code panelFrom} … {@code panelTo}−1. Whole rows reach memory in long runs, which
     * it takes much faster than the pieces of single tiles.
     *
     * @param tiles holds the first tile from {@code at} on, row-major with row length {@link Lanes#PANEL}
     * @param panelStep elements from a tile to the next
     * @param row the tiles' first row in the product
     * @param rows how many rows of the tiles exist
     * @param panelFrom the first tile's panel; the sink knows how many columns of the last one exist
     */
    void store(float[] tiles, int at, int panelStep, int row, int rows, int panelFrom, int panelTo);
}
