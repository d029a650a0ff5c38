package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;

/**
 * The product behind a convolution, and behind its input gradient, for planes so small that vectors of positions would be
 * mostly overhang: positions of all images are the rows of the left operand and output channels its columns. Every element is
 * summed in the order of {@link TapProduct}, so that both give the same bits.
 *
 * @param inputs channels summed over
 * @param outputs columns
 */
record PositionProduct(Parallel parallel, int batch, int inputs, int outputs, TapRaster raster, PanelSource weights) {
    private static final int PANEL = Lanes.PANEL;

    /** Most rows of a block of whole images, unless one image has more. */
    private static final int ROWS = 256;

    /** Most packed elements held at once, unless a block has more. */
    private static final int PACKED = 1 << 21;

    void run(TapProduct.Source source, TapProduct.Target target) {
        int steps = inputs * raster.taps();
        int plane = raster.rows() * raster.columns();
        int perBlock = Math.clamp(ROWS / plane, 1, batch);
        int together = Math.max(1, PACKED / (perBlock * plane * steps)) * perBlock;
        for (int first = 0; first < batch; first += together) {
            int images = Math.min(together, batch - first);
            float[] padded = pad(source, first, images);
            PackedRows[] rows = blocks(images, perBlock, plane, steps);
            pack(padded, rows, perBlock, plane);
            multiply(rows, first, perBlock, plane, target);
        }
    }

    private float[] pad(TapProduct.Source source, int first, int images) {
        int size = raster.channelSize();
        float[] padded = Scratch.IMAGE.floats(raster.size(images * inputs));
        raster.endChannels(padded, images * inputs * size);
        parallel.forEach(images * inputs, i -> {
            int from = source.at() + (first * inputs + i) * source.plane();
            raster.copyChannel(source.data(), from, padded, i * size);
        });
        return padded;
    }

    private PackedRows[] blocks(int images, int perBlock, int plane, int steps) {
        PackedRows[] rows = new PackedRows[Math.ceilDiv(images, perBlock)];
        int size = new RowPlan(perBlock * plane).paddedRows() * steps;
        float[] packed = Scratch.PARTIALS.floats(rows.length * size);
        for (int b = 0; b < rows.length; b++) {
            RowPlan plan = new RowPlan(Math.min(perBlock, images - b * perBlock) * plane);
            rows[b] = new PackedRows(plan, steps, packed, b * size);
        }
        return rows;
    }

    private void pack(float[] padded, PackedRows[] rows, int perBlock, int plane) {
        int[] offsets = raster.offsets(1);
        int tiles = rows[0].plan().tiles();
        int image = inputs * raster.channelSize();
        parallel.forEach(rows.length * tiles, i -> {
            PackedRows block = rows[i / tiles];
            int tile = i % tiles;
            if (tile >= block.plan().tiles()) {
                return;
            }
            int height = block.plan().tile(tile).rows();
            int[] places = new int[height];
            for (int r = 0; r < height; r++) {
                // rows past the last repeat it: what they give is dropped
                int row = Math.min(block.plan().start(tile) + r, block.plan().rows() - 1);
                int position = row % plane;
                int y = position / raster.columns(), x = position % raster.columns();
                places[r] = (i / tiles * perBlock + row / plane) * image + y * raster.pitch() + x;
            }
            int to = block.at(tile, 0);
            for (int c = 0; c < inputs; c++) {
                for (int offset : offsets) {
                    gather(padded, c * raster.channelSize() + offset, places, block.data(), to);
                    to += height;
                }
            }
        });
    }

    private static void gather(float[] from, int at, int[] places, float[] to, int first) {
        for (int r = 0; r < places.length; r++) {
            to[first + r] = from[at + places[r]];
        }
    }

    private void multiply(PackedRows[] rows, int first, int perBlock, int plane, TapProduct.Target target) {
        int panels = Math.ceilDiv(outputs, PANEL);
        parallel.forEach(rows.length * panels, i -> {
            PackedRows block = rows[i / panels];
            int panel = i % panels;
            int height = block.plan().paddedRows();
            float[] c = Scratch.TILES.floats(height * PANEL);
            BlockedProduct.into(block, 0, block.plan().tiles(), weights, panel, panel + 1, c, -panel * height * PANEL);
            float[] line = Scratch.LINES.floats(plane);
            int live = Math.min(PANEL, outputs - panel * PANEL);
            for (int n = 0; n < block.plan().rows() / plane; n++) {
                int image = first + i / panels * perBlock + n;
                for (int j = 0; j < live; j++) {
                    for (int p = 0; p < plane; p++) {
                        line[p] = c[(n * plane + p) * PANEL + j];
                    }
                    target.store(line, image * outputs, panel * PANEL + j, raster.rows(), raster.columns());
                }
            }
        });
    }

    /**
     * Whether this is expected to be clearly faster than {@link TapProduct}, by the sizes alone: multiply-adds of vectors of
     * 16 per step of the summation with the overhang of either, and the packing, per element as dear as two of them.
     */
    static boolean pays(int inputs, int outputs, TapRaster raster) {
        int plane = raster.rows() * raster.columns();
        long across = (long) outputs * Math.ceilDiv(raster.positions(), 16);
        long down = Math.ceilDiv(plane, 4) * 4L * Math.ceilDiv(outputs, 16) + 2L * plane;
        return plane <= ROWS && inputs * raster.taps() >= 64 && down < 0.9 * across;
    }
}
