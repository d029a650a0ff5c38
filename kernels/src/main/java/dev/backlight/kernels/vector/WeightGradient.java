package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;

/**
 * The weight gradient of a convolution: {@code dw[o, c, t] = Σ_{n,p} u[n, o, p] · x[n, c, p + tap t]}, a product summed over
 * pixels. Images are turned to channels-last order with padding; there a panel of columns (one tap's channels, or one row of
 * taps with theirs) is contiguous at every pixel, so the register tile again reads the image in place.
 *
 * <p>Images are dealt to a number of partial sums fixed by the sizes alone; these are added in order at the end.
 */
final class WeightGradient {
    /** Most turned elements held at once, unless one image has more. */
    private static final int IMAGES = 1 << 20;

    /** Independent pieces of work aimed at: partial sums are added until there are as many, as far as images allow. */
    private static final int PIECES = 32;

    private final Parallel parallel;
    private final ConvolutionShape s;
    private final WindowGeometry g;
    private final int channels;
    private final int paddedHeight;
    private final int paddedWidth;
    /** Elements from a pixel to the next; odd numbers of cache lines spread pixels over the cache's sets. */
    private final int pixel;
    /** Whether a row of taps with its channels forms one run of columns. */
    private final boolean wholeRows;

    private final int runs;
    private final int runLength;
    private final int panelsPerRun;
    private final RowPlan plan;

    WeightGradient(Parallel parallel, ConvolutionShape s) {
        this.parallel = parallel;
        this.s = s;
        this.g = s.window();
        this.channels = s.channelsPerGroup();
        this.paddedHeight = (s.outHeight() - 1) * g.strideY() + (g.height() - 1) * g.dilationY() + 1;
        this.paddedWidth = (s.outWidth() - 1) * g.strideX() + (g.width() - 1) * g.dilationX() + 1;
        this.wholeRows = channels < Lanes.PANEL && g.dilationX() == 1;
        this.pixel = wholeRows || channels % 32 != 0 ? channels : channels + 16;
        this.runs = wholeRows ? g.height() : s.taps();
        this.runLength = wholeRows ? g.width() * channels : channels;
        this.panelsPerRun = Math.ceilDiv(runLength, Lanes.PANEL);
        this.plan = new RowPlan(s.filtersPerGroup());
    }

    void run(Span x, Span u, Span dw) {
        int groups = s.groups();
        int panels = runs * panelsPerRun;
        int partialSize = groups * panels * plan.paddedRows() * Lanes.PANEL;
        int partialSums = Math.clamp(PIECES / ((long) groups * panels), 1, s.batch());
        int imageSize = groups * paddedHeight * paddedWidth * pixel;
        int rowsSize = groups * plan.paddedRows() * s.outPlane();
        int together = Math.clamp(IMAGES / (imageSize + rowsSize), 1, s.batch());
        float[] sums = Scratch.PARTIALS.floats(partialSums * partialSize);
        Arrays.fill(sums, 0, partialSums * partialSize, 0);
        float[] images = Scratch.IMAGE.floats(together * imageSize + Lanes.PANEL);
        float[] rows = Scratch.ROWS.floats(together * rowsSize);
        int[] offsets = pixelOffsets();
        for (int first = 0; first < s.batch(); first += together) {
            int begin = first;
            int count = Math.min(together, s.batch() - first);
            parallel.forEach(count * groups, i -> {
                turn(x, begin * groups + i, images, i * (imageSize / groups));
                pack(u, begin * groups + i, rows, i * (rowsSize / groups));
            });
            parallel.forEach(partialSums * groups * panels, i -> {
                int panel = i % panels;
                int group = i / panels % groups;
                int sum = i / panels / groups;
                int c = i * plan.paddedRows() * Lanes.PANEL;
                for (int n = Math.floorMod(sum - begin, partialSums); n < count; n += partialSums) {
                    int part = n * groups + group;
                    int b = part * (imageSize / groups) + panelOffset(panel);
                    addPanel(
                            new PackedRows(plan, s.outPlane(), rows, part * (rowsSize / groups)),
                            images,
                            b,
                            offsets,
                            sums,
                            c);
                }
            });
        }
        parallel.forEach(s.filters(), o -> writeFilter(o, sums, partialSums, partialSize, dw));
    }

    private int[] pixelOffsets() {
        int[] offsets = new int[s.outPlane()];
        for (int p = 0; p < offsets.length; p++) {
            int y = p / s.outWidth() * g.strideY();
            int x = p % s.outWidth() * g.strideX();
            offsets[p] = (y * paddedWidth + x) * pixel;
        }
        return offsets;
    }

    /** Where panel number {@code panel} finds its first column at pixel 0. */
    private int panelOffset(int panel) {
        int run = panel / panelsPerRun;
        int y = (wholeRows ? run : run / g.width()) * g.dilationY();
        int x = wholeRows ? 0 : run % g.width() * g.dilationX();
        return (y * paddedWidth + x) * pixel + panel % panelsPerRun * Lanes.PANEL;
    }

    /** Copies one group of one image into channels-last order with padding; {@code part} counts groups of images. */
    private void turn(Span x, int part, float[] image, int at) {
        Arrays.fill(image, at, at + paddedHeight * paddedWidth * pixel, 0);
        int source = x.at() + part * channels * s.plane();
        int columns = Math.min(s.width(), paddedWidth - g.padLeft());
        for (int y = 0; y < Math.min(s.height(), paddedHeight - g.padTop()); y++) {
            int to = at + ((y + g.padTop()) * paddedWidth + g.padLeft()) * pixel;
            for (int c = 0; c < channels; c++) {
                int from = source + c * s.plane() + y * s.width();
                for (int i = 0; i < columns; i++) {
                    image[to + i * pixel + c] = x.data()[from + i];
                }
            }
        }
    }

    private void pack(Span u, int part, float[] rows, int at) {
        int from = u.at() + part * s.filtersPerGroup() * s.outPlane();
        new PackedRows(plan, s.outPlane(), rows, at).pack(Matrix.rowMajor(u.data(), from, s.outPlane()));
    }

    /** Adds one image's pixels to the tiles of one panel. */
    private void addPanel(PackedRows a, float[] image, int b, int[] offsets, float[] sums, int c) {
        int length = BlockedProduct.runLength(offsets.length);
        for (int first = 0; first < offsets.length; first += length) {
            Tile.Steps steps = new Tile.Steps(offsets, first, Math.min(length, offsets.length - first));
            for (int t = 0; t < plan.tiles(); t++) {
                int tile = c + plan.start(t) * Lanes.PANEL;
                plan.tile(t).run(steps, a.data(), a.at(t, first), image, b, sums, tile, Lanes.PANEL, true);
            }
        }
    }

    private void writeFilter(int o, float[] sums, int partialSums, int partialSize, Span dw) {
        int group = o / s.filtersPerGroup();
        int row = o % s.filtersPerGroup();
        for (int column = 0; column < runs * runLength; column++) {
            int panel = column / runLength * panelsPerRun + column % runLength / Lanes.PANEL;
            int lane = column % runLength % Lanes.PANEL;
            int from = ((group * runs * panelsPerRun + panel) * plan.paddedRows() + row) * Lanes.PANEL + lane;
            float sum = 0;
            for (int i = 0; i < partialSums; i++) {
                sum += sums[i * partialSize + from];
            }
            int tap = column / channels;
            int channel = column % channels;
            dw.data()[dw.at() + (o * channels + channel) * s.taps() + tap] = sum;
        }
    }
}
