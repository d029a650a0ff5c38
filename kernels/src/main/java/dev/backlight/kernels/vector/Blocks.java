package dev.backlight.kernels.vector;

/** The grid of blocks that a product of tiles by panels is divided into: even shares of at most a block's size. */
final class Blocks {
    private final int tiles;
    private final int panels;
    private final int rowBlocks;
    private final int columnBlocks;

    Blocks(int tiles, int panels, RowPlan plan) {
        this.tiles = tiles;
        this.panels = panels;
        this.rowBlocks = Math.clamp(Math.ceilDiv(plan.paddedRows(), BlockedProduct.ROWS), 1, tiles);
        this.columnBlocks = Math.ceilDiv(panels, BlockedProduct.PANELS);
    }

    int count() {
        return rowBlocks * columnBlocks;
    }

    /** Computes block {@code i}; neighbours in number share their columns. */
    void run(int i, PackedRows a, PanelSource b, TileSink sink) {
        int row = i % rowBlocks;
        int column = i / rowBlocks;
        BlockedProduct.run(
                a,
                share(tiles, rowBlocks, row),
                share(tiles, rowBlocks, row + 1),
                b,
                share(panels, columnBlocks, column),
                share(panels, columnBlocks, column + 1),
                sink);
    }

    private static int share(int items, int parts, int part) {
        return (int) ((long) items * part / parts);
    }
}
