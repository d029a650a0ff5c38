package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The right operand of a product, copied panel by panel into the thread's scratch: element (k, column) is
 * {@code source[from + k · rowStride + column · columnStride]}; columns past the last read as zero.
 */
record PackedPanels(int steps, int columns, float[] source, int from, int rowStride, int columnStride)
        implements PanelSource {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int PANEL = Lanes.PANEL;

    /** Offsets of consecutive steps inside a packed panel, and inside one of half the width. */
    private static final int[] WIDE = consecutive(PANEL);

    private static final int[] NARROW = consecutive(PANEL / 2);

    private static int[] consecutive(int width) {
        int[] offsets = new int[BlockedProduct.RUN];
        for (int k = 0; k < offsets.length; k++) {
            offsets[k] = k * width;
        }
        return offsets;
    }

    /** The steps of a panel whose rows, of a panel's width or half of it, follow each other; at most a run of them. */
    static Tile.Steps steps(int width, int count) {
        return new Tile.Steps(width == PANEL ? WIDE : NARROW, 0, count);
    }

    @Override
    public Block block(int first, int count, int panelFrom, int panelTo) {
        int panelStride = count * PANEL;
        float[] packed = Scratch.PANELS.floats((panelTo - panelFrom) * panelStride);
        for (int p = panelFrom; p < panelTo; p++) {
            int at = from + first * rowStride + p * PANEL * columnStride;
            int to = (p - panelFrom) * panelStride;
            int live = Math.min(PANEL, columns - p * PANEL);
            if (columnStride == 1 && live == PANEL) {
                copyWholeRows(at, packed, to, count);
            } else if (columnStride == 1) {
                copyRows(at, packed, to, count, live);
            } else {
                copyColumns(at, packed, to, count, live);
            }
        }
        return new Block(packed, 0, panelStride, steps(PANEL, count));
    }

    private void copyWholeRows(int at, float[] packed, int to, int count) {
        for (int k = 0; k < count; k++) {
            int row = at + k * rowStride;
            int place = to + k * PANEL;
            FloatVector.fromArray(S, source, row).intoArray(packed, place);
            FloatVector.fromArray(S, source, row + S.length()).intoArray(packed, place + S.length());
        }
    }

    private void copyRows(int at, float[] packed, int to, int count, int live) {
        int length = S.length();
        VectorMask<Float> left = S.indexInRange(0, live);
        VectorMask<Float> right = S.indexInRange(length, live);
        for (int k = 0; k < count; k++) {
            int row = at + k * rowStride;
            FloatVector.fromArray(S, source, row, left).intoArray(packed, to + k * PANEL);
            FloatVector.fromArray(S, source, row + length, right).intoArray(packed, to + k * PANEL + length);
        }
    }

    private void copyColumns(int at, float[] packed, int to, int count, int live) {
        for (int j = 0; j < PANEL; j++) {
            if (j < live) {
                int column = at + j * columnStride;
                for (int k = 0; k < count; k++) {
                    packed[to + k * PANEL + j] = source[column + k * rowStride];
                }
            } else {
                for (int k = 0; k < count; k++) {
                    packed[to + k * PANEL + j] = 0;
                }
            }
        }
    }
}
