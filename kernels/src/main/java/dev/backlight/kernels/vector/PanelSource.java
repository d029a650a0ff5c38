package dev.backlight.kernels.vector;

/** Where the right operand of a product comes from: panels of {@link Lanes#PANEL} columns, one run of steps at a time. */
interface PanelSource {
    /** The number of steps of the whole summation. */
    int steps();

    /** How many columns there are: those of the last panel beyond them are dropped. */
    int columns();

    /** Makes {@code count} steps from {@code first} on readable for panels {@code from} … {@code to}−1; called once per block. */
    Block block(int first, int count, int from, int to);

    /** A block made readable: panel {@code p} of the block begins at {@code at + p · panelStride}. */
    record Block(float[] data, int at, int panelStride, Tile.Steps steps) {}
}
