package dev.backlight.kernels.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The right operand of a product, laid out in the order in which tiles read it: panel after panel, and within a panel step
 * after step, {@link Lanes#PANEL} columns of each. Columns past the last read as zero.
 *
 * @param steps the length of the summation
 * @param columns how many columns exist
 * @param data the packed values; panel p begins at {@code at + p · steps · }{@link Lanes#PANEL}
 */
record PackedPanels(int steps, int columns, float[] data, int at) implements PanelSource {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();
    private static final int PANEL = Lanes.PANEL;

    /** Steps per pass over a panel's columns: the part of the panel being written stays in the first-level cache. */
    private static final int PASS = 64;

    /** Offsets of consecutive steps inside a packed panel, and inside one of half the width. */
    private static final int[] WIDE = consecutive(PANEL);

    private static final int[] NARROW = consecutive(PANEL / 2);

    private static int[] consecutive(int width) {
        int[] offsets = new int[Math.max(BlockedProduct.RUN, InPlaceProduct.RUN)];
        for (int k = 0; k < offsets.length; k++) {
            offsets[k] = k * width;
        }
        return offsets;
    }

    /** The steps of a panel whose rows, of a panel's width or half of it, follow each other; at most a run of them. */
    static Tile.Steps steps(int width, int count) {
        return new Tile.Steps(width == PANEL ? WIDE : NARROW, 0, count);
    }

    /** The number of panels of so many columns. */
    static int count(int columns) {
        return Math.ceilDiv(columns, PANEL);
    }

    @Override
    public Block block(int first, int count, int from, int to) {
        return new Block(data, at(from, first), steps * PANEL, steps(PANEL, count));
    }

    /** Where panel {@code p} has its columns of step {@code k}. */
    int at(int p, int k) {
        return at + (p * steps + k) * PANEL;
    }

    /**
     * Packs steps {@code first} … {@code end}−1 of panels {@code from} … {@code to}−1.
     *
     * @param source the whole operand, its row k being step k
     */
    void pack(Matrix source, int first, int end, int from, int to) {
        int whole = Math.clamp(columns / PANEL, from, to);
        if (source.columnStride() == 1) {
            for (int k = first; k < end; k++) {
                copyRow(source, k, from, whole);
            }
        } else {
            for (int p = from; p < whole; p++) {
                copyColumns(source, p, first, end, PANEL);
            }
        }
        if (whole < to) {
            copyRest(source, whole, first, end);
        }
    }

    /** Panels side by side: the source is read in long runs. */
    private void copyRow(Matrix source, int k, int from, int to) {
        int row = source.offset() + k * source.rowStride();
        int place = at(0, k);
        for (int p = from; p < to; p++) {
            int x = row + p * PANEL;
            int y = place + p * steps * PANEL;
            FloatVector.fromArray(S, source.data(), x).intoArray(data, y);
            FloatVector.fromArray(S, source.data(), x + L).intoArray(data, y + L);
        }
    }

    private void copyColumns(Matrix source, int p, int first, int end, int live) {
        for (int k = first; k < end; k += PASS) {
            int count = Math.min(PASS, end - k);
            int turned = source.rowStride() == 1 ? live / Transposition.LINES * Transposition.LINES : 0;
            for (int j = 0; j < turned; j += Transposition.LINES) {
                int x = source.offset() + k + (p * PANEL + j) * source.columnStride();
                Transposition.turn(source.data(), x, source.columnStride(), data, at(p, k) + j, PANEL, count);
            }
            for (int j = turned; j < live; j++) {
                int x = source.offset() + k * source.rowStride() + (p * PANEL + j) * source.columnStride();
                spread(source, x, at(p, k) + j, count);
            }
        }
    }

    /** Sums instead of products of indices: C2 does not reduce a product with a stride that it does not know. */
    private void spread(Matrix source, int from, int to, int count) {
        float[] values = source.data();
        int x = from;
        int y = to;
        for (int k = 0; k < count; k++) {
            data[y] = values[x];
            x += source.rowStride();
            y += PANEL;
        }
    }

    /** The last panel, which has fewer columns. */
    private void copyRest(Matrix source, int p, int first, int end) {
        int live = columns - p * PANEL;
        if (source.columnStride() == 1) {
            VectorMask<Float> left = S.indexInRange(0, live), right = S.indexInRange(L, live);
            for (int k = first; k < end; k++) {
                int x = source.offset() + k * source.rowStride() + p * PANEL;
                FloatVector.fromArray(S, source.data(), x, left).intoArray(data, at(p, k));
                FloatVector.fromArray(S, source.data(), x + L, right).intoArray(data, at(p, k) + L);
            }
            return;
        }
        copyColumns(source, p, first, end, live);
        for (int k = first; k < end; k++) {
            Arrays.fill(data, at(p, k) + live, at(p, k + 1), 0);
        }
    }
}
