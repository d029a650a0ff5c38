package dev.backlight.kernels.vector;

/**
 * A product of packed operands summed in its place: each tile begins with what C holds there, so that however the steps are
 * divided, an element is one chain of fused multiply-adds in the order of the steps.
 *
 * @param accumulate whether to add to C; otherwise it is overwritten
 */
record InPlaceProduct(PackedRows a, PackedPanels b, Matrix c, boolean accumulate) {
    /**
     * Most steps of a run. Each begins by waiting for a tile of C, whose rows lie apart, and for the first of a tile of A, so the
     * fewer the better, even where what a run reads exceeds the second-level cache (docs/performance-limits.md).
     */
    static final int RUN = 2048;

    /** Most columns of a block, in panels: a tile of rows, which leaves the first-level cache meanwhile, serves all of them. */
    static final int PANELS = 16;

    private static final int PANEL = Lanes.PANEL;

    /** Computes tiles {@code tileFrom} … {@code tileTo}−1 by panels {@code panelFrom} … {@code panelTo}−1. */
    void block(int tileFrom, int tileTo, int panelFrom, int panelTo) {
        int steps = a.steps();
        int length = BlockedProduct.evenLength(steps, RUN);
        for (int first = 0; first < steps; first += length) {
            Tile.Steps run = PackedPanels.steps(PANEL, Math.min(length, steps - first));
            for (int t = tileFrom; t < tileTo; t++) {
                for (int p = panelFrom; p < panelTo; p++) {
                    add(t, p, first, run);
                }
            }
        }
    }

    private void add(int t, int p, int first, Tile.Steps run) {
        int rows = a.plan().live(t);
        int columns = Math.min(PANEL, b.columns() - p * PANEL);
        Tile tile = columns > PANEL / 2 ? a.plan().tile(t) : a.plan().tile(t).narrow();
        boolean adds = accumulate || first > 0;
        int place = c.offset() + a.plan().start(t) * c.rowStride() + p * PANEL * c.columnStride();
        boolean fits = c.columnStride() == 1 && rows == tile.rows() && columns == tile.columns();
        if (fits) {
            tile.run(run, a.data(), a.at(t, first), b.data(), b.at(p, first), c.data(), place, c.rowStride(), adds);
            return;
        }
        float[] aside = Scratch.TILES.floats(tile.rows() * PANEL);
        Matrix part = new Matrix(c.data(), place, c.rowStride(), c.columnStride());
        Matrix copy = Matrix.rowMajor(aside, 0, PANEL);
        if (adds) {
            copy(part, copy, rows, columns);
        }
        tile.run(run, a.data(), a.at(t, first), b.data(), b.at(p, first), aside, 0, PANEL, adds);
        copy(copy, part, rows, columns);
    }

    private static void copy(Matrix from, Matrix to, int rows, int columns) {
        for (int i = 0; i < rows; i++) {
            int x = from.offset() + i * from.rowStride();
            int y = to.offset() + i * to.rowStride();
            if (from.columnStride() == 1 && to.columnStride() == 1) {
                System.arraycopy(from.data(), x, to.data(), y, columns);
                continue;
            }
            for (int j = 0; j < columns; j++) {
                to.data()[y + j * to.columnStride()] = from.data()[x + j * from.columnStride()];
            }
        }
    }
}
