package dev.backlight.kernels.vector;

/**
 * The right operand of a product, of which every block that asks for a part gets a copy of its own: best where a part is asked
 * for once, since the copy is then still in the thread's cache when it is read.
 */
record CopiedPanels(int steps, int columns, Matrix source) implements PanelSource {
    @Override
    public Block block(int first, int count, int from, int to) {
        int column = from * Lanes.PANEL;
        int panels = to - from;
        float[] packed = Scratch.PANELS.floats(panels * count * Lanes.PANEL);
        PackedPanels copy = new PackedPanels(count, columns - column, packed, 0);
        copy.pack(source.shifted(first * source.rowStride() + column * source.columnStride()), 0, count, 0, panels);
        return copy.block(0, count, 0, panels);
    }
}
