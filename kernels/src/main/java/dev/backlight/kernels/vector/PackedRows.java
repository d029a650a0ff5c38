package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The left operand of a product, laid out in the order in which tiles read it: per tile, step after step, one value per row.
 * Rows past the last read as zero.
 *
 * @param plan the tiles
 * @param steps the length of the summation
 * @param data the packed values; tile t begins at {@code at + plan.start(t) · steps}
 */
record PackedRows(RowPlan plan, int steps, float[] data, int at) {
    /** Steps per pass: the part of a tile being written stays in the first-level cache. */
    private static final int PASS = 256;

    private static final VectorSpecies<Float> S = Lanes.FLOAT;

    int size() {
        return plan.paddedRows() * steps;
    }

    /** Where tile {@code t} has its values for step {@code k}. */
    int at(int t, int k) {
        return at + plan.start(t) * steps + k * (plan.start(t + 1) - plan.start(t));
    }

    /** Packs the whole of a matrix. */
    void pack(Matrix source) {
        pack(source, 0, steps, 0, plan.tiles());
    }

    /**
     * Packs steps {@code first} … {@code end}−1 of tiles {@code from} … {@code to}−1.
     *
     * @param source the whole operand, its column k being step k
     */
    void pack(Matrix source, int first, int end, int from, int to) {
        for (int t = from; t < to; t++) {
            for (int k = first; k < end; k += PASS) {
                int count = Math.min(PASS, end - k);
                if (source.rowStride() == 1) {
                    copySteps(source, t, k, count);
                } else {
                    turnRows(source, t, k, count);
                }
            }
        }
    }

    /** Rows that are neighbours in memory. No tile has more of them than a vector has lanes. */
    private void copySteps(Matrix source, int t, int first, int count) {
        int height = plan.tile(t).rows();
        VectorMask<Float> tile = S.indexInRange(0, height), live = S.indexInRange(0, plan.live(t));
        int x = source.offset() + plan.start(t) + first * source.columnStride();
        int y = at(t, first);
        for (int k = 0; k < count; k++) {
            FloatVector.fromArray(S, source.data(), x, live).intoArray(data, y, tile);
            x += source.columnStride();
            y += height;
        }
    }

    private void turnRows(Matrix source, int t, int first, int count) {
        int height = plan.tile(t).rows();
        int live = plan.live(t);
        int to = at(t, first);
        int turned = source.columnStride() == 1 ? live / Transposition.LINES * Transposition.LINES : 0;
        for (int r = 0; r < height; r++) {
            int row = source.offset() + (plan.start(t) + r) * source.rowStride() + first * source.columnStride();
            if (r >= live) {
                clear(to + r, height, count);
            } else if (r >= turned) {
                spread(source.data(), row, source.columnStride(), to + r, height, count);
            } else if (r % Transposition.LINES == 0) {
                Transposition.turn(source.data(), row, source.rowStride(), data, to + r, height, count);
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

    private void clear(int to, int toStep, int count) {
        for (int k = 0; k < count; k++) {
            data[to + k * toStep] = 0;
        }
    }

    /**
     * The same with the position of step k given by a table: element (row, k) is
     * {@code source[from + row · rowStride + table[k]]}.
     */
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
