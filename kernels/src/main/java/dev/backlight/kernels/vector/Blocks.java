package dev.backlight.kernels.vector;

/**
 * The grid of blocks that a product of tiles by panels is divided into: even shares of at most a block's size, and smaller ones
 * where there would not be enough for the threads.
 */
final class Blocks {
    /** Blocks for each thread: the last ones to end leave others idle for a part of a block only. */
    private static final int PER_THREAD = 4;

    /** Tiles that packed panels should serve: packing a value costs about as much as a tile's multiply-adds with it. */
    private static final int WORTH_PACKING = 4;

    private final int tiles;
    private final int panels;
    private final int rowBlocks;
    private final int columnBlocks;

    /** @param products how many products are divided in this way, to run side by side on {@code threads} */
    Blocks(RowPlan plan, int panels, int products, int threads) {
        this(plan, panels, BlockedProduct.PANELS, products, threads);
    }

    private Blocks(RowPlan plan, int panels, int mostPanels, int products, int threads) {
        this.tiles = plan.tiles();
        this.panels = panels;
        int rows = Math.clamp(Math.ceilDiv(plan.paddedRows(), BlockedProduct.ROWS), 1, tiles);
        int columns = Math.ceilDiv(panels, mostPanels);
        int wanted = threads == 1 ? 1 : Math.ceilDiv(PER_THREAD * threads, Math.max(1, products));
        while (rows * columns < wanted && (tiles > rows || panels > columns)) {
            if (tiles >= 2 * WORTH_PACKING * rows || panels <= columns) {
                rows = Math.min(tiles, 2 * rows);
            } else {
                columns = Math.min(panels, 2 * columns);
            }
        }
        this.rowBlocks = rows;
        this.columnBlocks = columns;
    }

    /** The grid of a product that is summed in its place, whose blocks may be wider: they have no copy in the cache. */
    static Blocks inPlace(RowPlan plan, int panels, int threads) {
        return new Blocks(plan, panels, InPlaceProduct.PANELS, 1, threads);
    }

    int count() {
        return rowBlocks * columnBlocks;
    }

    /** Computes block {@code i}; neighbours in number share their columns. */
    void run(int i, PackedRows a, PanelSource b, TileSink sink) {
        BlockedProduct.run(a, tiles(i, 0), tiles(i, 1), b, panels(i, 0), panels(i, 1), sink);
    }

    /** Hands block {@code i} to a product. */
    void run(int i, InPlaceProduct product) {
        product.block(tiles(i, 0), tiles(i, 1), panels(i, 0), panels(i, 1));
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
