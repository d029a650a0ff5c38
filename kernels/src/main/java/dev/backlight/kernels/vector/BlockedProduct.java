package dev.backlight.kernels.vector;

/**
 * A block of a matrix product: some tiles of rows by some panels of columns, summed over all steps in runs that keep the
 * operands in the caches (Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008). An element's sum
 * depends on the number of steps alone, not on the block that it falls into, so any division into blocks gives the same bits.
 */
final class BlockedProduct {
    /** Most steps of a run: twelve rows of them (12 KiB) stay in the first-level cache, the panels in the second. */
    static final int RUN = 256;

    /** Most columns of a block, in panels. */
    static final int PANELS = 8;

    /** Most rows of a block: with {@link #PANELS} panels its tiles take 256 KiB. */
    static final int ROWS = 256;

    private BlockedProduct() {}

    /** The even length of the runs that {@code steps} are cut into. */
    static int runLength(int steps) {
        return evenLength(steps, RUN);
    }

    /** The length of even pieces of {@code steps}, each of at most {@code most}. */
    static int evenLength(int steps, int most) {
        int pieces = Math.ceilDiv(steps, most);
        return pieces == 0 ? 0 : Math.ceilDiv(steps, pieces);
    }

    /** Computes tiles {@code tileFrom} … {@code tileTo}−1 by panels {@code panelFrom} … {@code panelTo}−1. */
    static void run(PackedRows a, int tileFrom, int tileTo, PanelSource b, int panelFrom, int panelTo, TileSink sink) {
        RowPlan plan = a.plan();
        int panelRows = plan.start(tileTo) - plan.start(tileFrom);
        int panelSize = panelRows * Lanes.PANEL;
        float[] c = Scratch.TILES.floats((panelTo - panelFrom) * panelSize);
        int at = -panelFrom * panelSize - plan.start(tileFrom) * Lanes.PANEL;
        multiply(a, tileFrom, tileTo, b, panelFrom, panelTo, c, at, panelSize, sink);
    }

    /** The same into {@code c}, which has the whole product from {@code at} on: panel after panel, all rows of each. */
    static void into(
            PackedRows a, int tileFrom, int tileTo, PanelSource b, int panelFrom, int panelTo, float[] c, int at) {
        TileSink nowhere = (tiles, from, panelStep, row, rows, first, end) -> {};
        multiply(a, tileFrom, tileTo, b, panelFrom, panelTo, c, at, a.plan().paddedRows() * Lanes.PANEL, nowhere);
    }

    private static void multiply(
            PackedRows a,
            int tileFrom,
            int tileTo,
            PanelSource b,
            int panelFrom,
            int panelTo,
            float[] c,
            int at,
            int panelSize,
            TileSink sink) {
        RowPlan plan = a.plan();
        int steps = a.steps();
        int length = runLength(steps);
        for (int first = 0; first < steps; first += length) {
            int count = Math.min(length, steps - first);
            PanelSource.Block block = b.block(first, count, panelFrom, panelTo);
            int whole = b.columns() - Lanes.PANEL / 2;
            boolean last = first + count == steps;
            for (int t = tileFrom; t < tileTo; t++) {
                Tile wide = plan.tile(t);
                int aAt = a.at(t, first);
                for (int p = panelFrom; p < panelTo; p++) {
                    Tile tile = p * Lanes.PANEL < whole ? wide : wide.narrow();
                    int cAt = at + p * panelSize + plan.start(t) * Lanes.PANEL;
                    int bAt = block.at() + (p - panelFrom) * block.panelStride();
                    tile.run(block.steps(), a.data(), aAt, block.data(), bAt, c, cAt, Lanes.PANEL, first > 0);
                }
                if (last) {
                    int cAt = at + panelFrom * panelSize + plan.start(t) * Lanes.PANEL;
                    sink.store(c, cAt, panelSize, plan.start(t), plan.live(t), panelFrom, panelTo);
                }
            }
        }
    }
}
