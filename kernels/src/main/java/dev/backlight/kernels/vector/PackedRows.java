package dev.backlight.kernels.vector;

/**
 * The left operand of a product, laid out in the order in which tiles read it: per tile, step after step, one value per row.
 *
 * @param plan the tiles
 * @param steps the length of the summation
 * @param data the packed values; tile t begins at {@code at + plan.start(t) · steps}
 */
record PackedRows(RowPlan plan, int steps, float[] data, int at) {
    /** Steps per pass: the part of a tile being written stays in the first-level cache. */
    private static final int PASS = 256;

    int size() {
        return plan.paddedRows() * steps;
    }

    /** Where tile {@code t} has its values for step {@code k}. */
    int at(int t, int k) {
        return at + plan.start(t) * steps + k * plan.tile(t).rows();
    }

    /** Packs tile {@code t} of a matrix whose element (row, k) is {@code source[from + row · rowStride + k · stepStride]}. */
    void packTile(int t, float[] source, int from, int rowStride, int stepStride) {
        int height = plan.tile(t).rows();
        int live = plan.live(t);
        for (int first = 0; first < steps; first += PASS) {
            int count = Math.min(PASS, steps - first);
            for (int r = 0; r < height; r++) {
                int to = at(t, first) + r;
                if (r < live) {
                    int row = from + (plan.start(t) + r) * rowStride + first * stepStride;
                    spread(source, row, stepStride, to, height, count);
                } else {
                    for (int k = 0; k < count; k++) {
                        data[to + k * height] = 0;
                    }
                }
            }
        }
    }

    /** Sums instead of products of indices: C2 does not reduce a product with a stride that it does not know. */
    private void spread(float[] source, int from, int fromStep, int to, int toStep, int count) {
        int x = from;
        int y = to;
        for (int k = 0; k < count; k++) {
            data[y] = source[x];
            x += fromStep;
            y += toStep;
        }
    }

    /** The same with the position of step k given by a table: element (row, k) is {@code source[from + row · rowStride + table[k]]}. */
    void packTile(int t, float[] source, int from, int rowStride, int[] table) {
        int height = plan.tile(t).rows();
        int live = plan.live(t);
        for (int k = 0; k < steps; k++) {
            int to = at(t, k);
            for (int r = 0; r < live; r++) {
                data[to + r] = source[from + (plan.start(t) + r) * rowStride + table[k]];
            }
            for (int r = live; r < height; r++) {
                data[to + r] = 0;
            }
        }
    }
}
