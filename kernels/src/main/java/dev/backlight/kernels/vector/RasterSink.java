package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

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
 * @param epilogue what the results go through; none where columns lie apart
 * @param channel the epilogue's channel of the product's row 0
 */
record RasterSink(
        int pitch,
        int rows,
        int columns,
        Span out,
        int at,
        int plane,
        int rowStep,
        int columnStep,
        Epilogue epilogue,
        int channel)
        implements TileSink {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;

    @Override
    public void store(float[] tiles, int at, int panelStep, int row, int live, int panelFrom, int panelTo) {
        float[] line = Scratch.LINES.floats((panelTo - panelFrom) * Lanes.PANEL);
        for (int r = 0; r < live; r++) {
            join(tiles, at + r * Lanes.PANEL, panelStep, panelTo - panelFrom, line);
            storeLine(line, row + r, panelFrom * Lanes.PANEL, panelTo * Lanes.PANEL);
        }
    }

    /** Copies the pieces of one row, which lie a panel's size apart, behind each other. */
    private static void join(float[] tiles, int at, int panelStep, int panels, float[] line) {
        for (int p = 0; p < panels; p++) {
            int from = at + p * panelStep;
            int to = p * Lanes.PANEL;
            FloatVector.fromArray(S, tiles, from).intoArray(line, to);
            FloatVector.fromArray(S, tiles, from + S.length()).intoArray(line, to + S.length());
        }
    }

    private void storeLine(float[] line, int r, int first, int panelsEnd) {
        int end = Math.min(panelsEnd, (rows - 1) * pitch + columns);
        int y = first / pitch;
        int x = first % pitch;
        for (int position = first; position < end; position += pitch - x, x = 0, y++) {
            int count = Math.min(columns - x, end - position);
            if (count > 0) {
                int place = at + r * plane + y * rowStep + x * columnStep;
                storeRun(line, position - first, channel + r, place, count);
            }
        }
    }

    private void storeRun(float[] line, int from, int channel, int place, int count) {
        if (columnStep == 1) {
            epilogue.store(line, from, channel, out.data(), out.at(), place, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            out.data()[place + i * columnStep] = line[from + i];
        }
    }
}
