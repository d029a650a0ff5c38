package dev.backlight.kernels.vector;

/**
 * The right operand of a convolution: the padded image itself, read in place.
 *
 * @param at the first channel of the group within {@code image}
 * @param offsets the displacement of every step, see {@link TapRaster#offsets}
 * @param columns positions
 */
record RasterPanels(float[] image, int at, int[] offsets, int columns) implements PanelSource {
    @Override
    public int steps() {
        return offsets.length;
    }

    @Override
    public Block block(int first, int count, int from, int to) {
        return new Block(image, at + from * Lanes.PANEL, Lanes.PANEL, new Tile.Steps(offsets, first, count));
    }
}
