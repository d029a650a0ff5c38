package dev.backlight.kernels.vector;

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
        if (columnStep == 1 && count == Lanes.PANEL) {
            epilogue.storePanel(tiles, from, channel + row, live, out.data(), out.at(), place, plane);
            return;
        }
        for (int r = 0; r < live; r++) {
            int source = from + r * Lanes.PANEL;
            int target = place + r * plane;
            if (columnStep == 1) {
                epilogue.store(tiles, source, channel + row + r, out.data(), out.at(), target, count);
            } else {
                for (int i = 0; i < count; i++) {
                    out.data()[target + i * columnStep] = tiles[source + i];
                }
            }
        }
    }
}
