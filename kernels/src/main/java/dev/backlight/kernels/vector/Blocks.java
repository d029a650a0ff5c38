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
        BlockedProduct.run(a, tiles(i, 0), tiles(i, 1), b, panels(i, 0), panels(i, 1), sink);
    }

    /** Computes block {@code i} into {@code c}, where panels of all rows, with their overhang, follow each other. */
    void into(int i, PackedRows a, PanelSource b, float[] c, int at) {
        BlockedProduct.into(a, tiles(i, 0), tiles(i, 1), b, panels(i, 0), panels(i, 1), c, at);
    }

    private int tiles(int i, int end) {
        return share(tiles, rowBlocks, i % rowBlocks + end);
    }

    private int panels(int i, int end) {
        return share(panels, columnBlocks, i / rowBlocks + end);
    }

    private static int share(int items, int parts, int part) {
        return (int) ((long) items * part / parts);
    }
}
