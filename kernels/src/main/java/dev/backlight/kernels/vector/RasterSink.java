package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Writes tiles of raster positions into the planes of an output, dropping the positions between the end of a row and the
 * beginning of the next.
 *
 * @param pitch positions from a row to the next
 * @param rows rows of the raster
 * @param columns positions of a row that are kept
 * @param at where row 0, column 0 of the product's row 0 goes
 * @param plane elements from a product's row to the next
 * @param rowStep elements from a raster row to the next
 * @param columnStep elements from a raster column to the next
 * @param bias added to every element of a product's row, from {@code biasAt} on
 */
record RasterSink(
        int pitch,
        int rows,
        int columns,
        float[] out,
        int at,
        int plane,
        int rowStep,
        int columnStep,
        float @Nullable [] bias,
        int biasAt)
        implements TileSink {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;

    @Override
    public void store(float[] tiles, int from, int row, int live, int panel) {
        int position = panel * Lanes.PANEL;
        int end = Math.min(position + Lanes.PANEL, (rows - 1) * pitch + columns);
        int y = position / pitch;
        int x = position % pitch;
        int skipped = 0;
        while (position + skipped < end) {
            int count = Math.min(columns - x, end - position - skipped);
            int place = at + row * plane + y * rowStep + x * columnStep;
            if (count > 0) {
                storeRun(tiles, from + skipped, row, live, place, count);
            }
            skipped += pitch - x;
            x = 0;
            y++;
        }
    }

    private void storeRun(float[] tiles, int from, int row, int live, int place, int count) {
        for (int r = 0; r < live; r++) {
            float shift = bias == null ? 0 : bias[biasAt + row + r];
            int source = from + r * Lanes.PANEL;
            int target = place + r * plane;
            if (columnStep == 1) {
                copy(tiles, source, shift, target, count);
            } else {
                for (int i = 0; i < count; i++) {
                    out[target + i * columnStep] = tiles[source + i] + shift;
                }
            }
        }
    }

    private void copy(float[] tiles, int source, float shift, int target, int count) {
        int i = 0;
        for (; i + S.length() <= count; i += S.length()) {
            FloatVector.fromArray(S, tiles, source + i).add(shift).intoArray(out, target + i);
        }
        if (i < count) {
            VectorMask<Float> mask = S.indexInRange(i, count);
            FloatVector.fromArray(S, tiles, source + i, mask).add(shift).intoArray(out, target + i, mask);
        }
    }
}
