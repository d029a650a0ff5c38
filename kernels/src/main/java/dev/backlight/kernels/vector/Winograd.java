package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;

/**
 * A 3×3 convolution of stride and dilation 1 by Winograd's minimal filtering: inputs are transformed tile by tile, the
 * products of all tiles are matrix products over channels, one for each element of a tile, and their results are transformed
 * back. Tiles of all images form one row of columns, a block of which is worked on at a time.
 *
 * <p>Error: with C input channels, |x| ≤ X and |w| ≤ W, a result is within {@code κ·(C + 20)·u·C·X·W} of the exact one, where
 * u = 2⁻²⁴ and κ = (max_k Σ_p |Aᵀ_kp|·‖Bᵀ_p‖₁·‖G_p‖₁)² is 620 for F(4×4) and 64 for F(2×2): every transform adds less than ten
 * roundings to the C of the sum. (The direct sum of 9C terms has 81·C in place of κ·(C + 20).) With random operands errors
 * partly cancel: F(4×4) then has about twice the error of the direct sum. An infinity or NaN in x reaches all results of
 * the tiles that see it.
 */
final class Winograd {
    private static final int L = Lanes.FLOAT.length();
    private static final int PANEL = Lanes.PANEL;

    /** Most transformed elements, inputs and products together, of a block of tiles. */
    private static final int BLOCK = 1 << 21;

    /** Most tiles of a block. */
    private static final int TILES = 7 * 32;

    /**
     * The sizes.
     *
     * @param inputs channels of x
     * @param outputs channels of y
     */
    record Sizes(
            int batch,
            int inputs,
            int height,
            int width,
            int outputs,
            int outHeight,
            int outWidth,
            int padTop,
            int padLeft) {
        static Sizes forward(ConvolutionShape s) {
            return new Sizes(
                    s.batch(),
                    s.channels(),
                    s.height(),
                    s.width(),
                    s.filters(),
                    s.outHeight(),
                    s.outWidth(),
                    s.window().padTop(),
                    s.window().padLeft());
        }

        /** The input gradient: a convolution of the upstream gradient with the filters turned by half a turn. */
        static Sizes adjoint(ConvolutionShape s) {
            return new Sizes(
                    s.batch(),
                    s.filters(),
                    s.outHeight(),
                    s.outWidth(),
                    s.channels(),
                    s.height(),
                    s.width(),
                    2 - s.window().padTop(),
                    2 - s.window().padLeft());
        }
    }

    private final Parallel parallel;
    private final Sizes s;
    private final WinogradTile tile;
    private final PackedRows[] weights;
    private final RowPlan plan;
    private final int tilesDown;
    private final int tilesAcross;
    private final int rowsTogether;
    private final int panels;
    /** Elements from one product's matrix to the next: an odd number of cache lines spreads them over the cache's sets. */
    private final int inputStep;

    private final int outputStep;

    Winograd(Parallel parallel, Sizes sizes, WinogradTile tile, PackedRows[] weights) {
        this.parallel = parallel;
        this.s = sizes;
        this.tile = tile;
        this.weights = weights;
        this.plan = weights[0].plan();
        this.tilesDown = Math.ceilDiv(s.outHeight, tile.outputs());
        this.tilesAcross = Math.ceilDiv(s.outWidth, tile.outputs());
        this.rowsTogether = rowsTogether();
        this.panels = panels(rowsTogether);
        this.inputStep = panels * PANEL * s.inputs + 16;
        this.outputStep = panels * PANEL * plan.paddedRows() + 16;
    }

    /** Whole rows of tiles in even blocks. */
    private int rowsTogether() {
        int perTile = tile.products() * (s.inputs + plan.paddedRows());
        int most = Math.clamp(Math.clamp(BLOCK / perTile, PANEL, TILES) / tilesAcross, 1, s.batch * tilesDown);
        int blocks = Math.ceilDiv(s.batch * tilesDown, most);
        return Math.ceilDiv(s.batch * tilesDown, blocks);
    }

    private int panels(int tileRows) {
        return Math.ceilDiv(tileRows * tilesAcross, PANEL);
    }

    void run(Span x, Span y, Epilogue epilogue) {
        float[] inputs = Scratch.IMAGE.floats(tile.products() * inputStep);
        float[] outputs = Scratch.PARTIALS.floats(tile.products() * outputStep);
        int rows = s.batch * tilesDown;
        for (int first = 0; first < rows; first += rowsTogether) {
            int begin = first;
            int count = Math.min(rowsTogether, rows - first);
            Blocks blocks = new Blocks(plan, panels(count), tile.products(), parallel.threads());
            parallel.forEach(s.inputs, c -> transform(x, c, begin, count, inputs));
            parallel.forEach(tile.products() * blocks.count(), i -> {
                int product = i / blocks.count();
                blocks.into(
                        i % blocks.count(),
                        weights[product],
                        new Transformed(inputs, product * inputStep, s.inputs, count * tilesAcross),
                        outputs,
                        product * outputStep);
            });
            parallel.forEach(s.outputs, o -> transformBack(outputs, o, begin, count, y, epilogue));
        }
    }

    /** How wide the panels of a block are: half a panel where all its tiles fit, which halves what the cache holds. */
    private static int width(int tiles) {
        return tiles <= L ? L : PANEL;
    }

    /** The transformed inputs of one product: per panel of tiles its channels. */
    private record Transformed(float[] data, int at, int steps, int columns) implements PanelSource {
        @Override
        public Block block(int first, int count, int from, int to) {
            int width = width(columns);
            int panel = steps * width;
            return new Block(data, at + from * panel + first * width, panel, PackedPanels.steps(width, count));
        }
    }

    private void transform(Span x, int channel, int begin, int count, float[] inputs) {
        int n = tile.inputs();
        int plane = panels * PANEL + 4 * L;
        float[] planes = Scratch.TILES.floats(n * n * plane);
        TileRow row = new TileRow(x, n);
        for (int r = 0; r < count; r++) {
            int image = (begin + r) / tilesDown;
            int top = (begin + r) % tilesDown * tile.outputs() - s.padTop;
            row.transform(x.at() + (image * s.inputs + channel) * s.height * s.width, top);
            for (int i = 0; i < n; i++) {
                row.split(i, planes, i * n * plane + r * tilesAcross, plane);
            }
        }
        int tiles = count * tilesAcross;
        for (int i = 0; i < n; i++) {
            int to = channel * width(tiles) + i * n * inputStep;
            tile.transformColumns(planes, i * n * plane, plane, tiles, inputs, to, inputStep, s.inputs * PANEL);
        }
    }

    /** The pixels under one row of tiles: n rows, transformed into n lines with the padding around them. */
    private final class TileRow {
        private final Span x;
        private final int readWidth = Math.ceilDiv(s.width, L) * L;
        private final int pitch = s.padLeft + readWidth + tilesAcross * tile.outputs() + 5 * L;
        private final float[] lines;
        private final float[][] rows;
        private final int[] from;

        /** The lines are followed by a row of zeros and by room for rows at the end of x, beyond which nothing can be read. */
        TileRow(Span x, int n) {
            this.x = x;
            this.rows = new float[n][];
            this.from = new int[n];
            int size = n * pitch + (1 + n) * readWidth;
            this.lines = Scratch.LINES.floats(size);
            Arrays.fill(lines, 0, size, 0);
        }

        void transform(int source, int top) {
            int zeros = rows.length * pitch;
            for (int i = 0; i < rows.length; i++) {
                int at = source + (top + i) * s.width;
                boolean inside = top + i >= 0 && top + i < s.height;
                boolean readable = inside && at + readWidth <= x.data().length;
                rows[i] = readable ? x.data() : lines;
                from[i] = readable ? at : inside ? zeros + (1 + i) * readWidth : zeros;
                if (inside && !readable) {
                    System.arraycopy(x.data(), at, lines, from[i], s.width);
                }
            }
            tile.transformRows(rows, from, s.width, lines, s.padLeft, pitch);
            for (int i = 0; i < rows.length; i++) {
                int end = i * pitch + tilesAcross * tile.outputs() + 2;
                for (int right = i * pitch + s.padLeft + s.width; right < end; right++) {
                    lines[right] = 0;
                }
            }
        }

        void split(int line, float[] planes, int at, int plane) {
            tile.split(lines, line * pitch, tilesAcross, planes, at, plane);
        }
    }

    private void transformBack(float[] outputs, int channel, int begin, int count, Span y, Epilogue epilogue) {
        int m = tile.outputs();
        int pitch = panels * PANEL * m;
        float[] lines = Scratch.LINES.floats(m * pitch);
        float[] between = Scratch.PANELS.floats((tile.inputs() * m + m * m) * L);
        for (int t = 0; t < count * tilesAcross; t += L) {
            int from = (t / PANEL * plan.paddedRows() + channel) * PANEL + t % PANEL;
            tile.transformBack(outputs, from, outputStep, between, lines, t * m, pitch);
        }
        int r = 0;
        while (r < count) {
            int image = (begin + r) / tilesDown;
            int firstRow = (begin + r) % tilesDown * m;
            int tileRows = Math.min(count - r, tilesDown - (begin + r) % tilesDown);
            int rows = Math.min(tileRows * m, s.outHeight - firstRow);
            int to = y.at() + ((image * s.outputs + channel) * s.outHeight + firstRow) * s.outWidth;
            for (int i = 0; i < rows; i++) {
                int from = i % m * pitch + (r + i / m) * tilesAcross * m;
                System.arraycopy(lines, from, y.data(), to + i * s.outWidth, s.outWidth);
            }
            epilogue.store(y.data(), to, channel, y.data(), y.at(), to, rows * s.outWidth);
            r += tileRows;
        }
    }
}
