package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.stream.IntStream;

/**
 * The input gradient of a strided convolution with few channels, such as a network's first: as a convolution of stride 1 whose
 * outputs are the pixels of a whole stride's cell, all phases and channels at once (Shi et al., "Real-Time Single Image and Video
 * Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network", 2016). The upstream gradient is padded and read
 * once, and the register tile has rows enough to be full. Taps that a phase does not have count zero, so that an infinity or NaN
 * in u reaches every pixel of the cells that see it.
 */
record SubpixelGradient(Parallel parallel, ConvolutionShape shape) {
    /** Most rows of the product. */
    private static final int ROWS = 16;

    /**
     * Most channels: more fill a tile by themselves, and come in blocks of which {@link NchwcConvolution} gives the same bits.
     */
    private static final int CHANNELS = 3;

    /** What packed weights are kept under. */
    private record SubpixelForm(int at, ConvolutionShape shape) {}

    /** An axis of the window: where each phase's element finds tap t, for each shift that any phase has. */
    private record Axis(TapAxis axis, int[] shifts, int window, int stride, int dilation, int padding) {
        static Axis of(int source, int upstream, int window, int stride, int dilation, int padding) {
            int[] shifts = IntStream.range(0, stride)
                    .flatMap(phase -> IntStream.range(0, window).map(t -> phase + padding - t * dilation))
                    .filter(displacement -> Math.floorMod(displacement, stride) == 0)
                    .map(displacement -> Math.floorDiv(displacement, stride))
                    .distinct()
                    .sorted()
                    .toArray();
            int[] taps = IntStream.range(0, shifts.length).toArray();
            TapAxis axis = new TapAxis(upstream, Math.ceilDiv(source, stride), 1, taps, new int[shifts.length], shifts);
            return new Axis(axis, shifts, window, stride, dilation, padding);
        }

        /** The tap through which an element of the phase sees what lies at shift i, −1 for none. */
        int tap(int phase, int i) {
            int distance = phase + padding - shifts[i] * stride;
            boolean exists = Math.floorMod(distance, dilation) == 0 && distance >= 0 && distance / dilation < window;
            return exists ? distance / dilation : -1;
        }
    }

    /** Whether this is expected to be faster than a convolution for each phase. */
    static boolean pays(ConvolutionShape s) {
        int phases = s.window().strideY() * s.window().strideX();
        return s.groups() == 1
                && phases > 1
                && phases * s.channels() <= ROWS
                && s.channels() <= CHANNELS
                && s.filters() >= ROWS;
    }

    void run(Span u, Span w, Epilogue epilogue, Span dx) {
        WindowGeometry g = shape.window();
        Axis y = Axis.of(shape.height(), shape.outHeight(), g.height(), g.strideY(), g.dilationY(), g.padTop());
        Axis x = Axis.of(shape.width(), shape.outWidth(), g.width(), g.strideX(), g.dilationX(), g.padLeft());
        TapRaster raster = new TapRaster(y.axis, x.axis);
        int rows = shape.channels() * g.strideY() * g.strideX();
        PackedRows weights = weights(w, y, x, rows);
        var product =
                new TapProduct(parallel, shape.batch(), 1, shape.filters(), rows, raster, new PackedRows[] {weights});
        product.run(
                new TapProduct.Source(u.data(), u.at(), shape.outPlane()),
                image -> new CellSink(raster, shape, dx.data(), dx.at() + image * shape.channels() * shape.plane()));
        if (!epilogue.equals(Epilogue.NONE)) {
            parallel.forEach(shape.batch() * shape.channels(), i -> {
                int at = dx.at() + i * shape.plane();
                epilogue.store(dx.data(), at, i % shape.channels(), dx.data(), dx.at(), at, shape.plane());
            });
        }
    }

    /** Row (phase y, phase x, c), step (filter, shift y, shift x). */
    private PackedRows weights(Span w, Axis y, Axis x, int rows) {
        RowPlan plan = new RowPlan(rows);
        int steps = shape.filters() * y.shifts.length * x.shifts.length;
        SubpixelForm key = new SubpixelForm(w.at(), shape);
        float[] data = w.form(key, plan.paddedRows() * steps, Scratch.ROWS, form -> {
            float[] matrix = new float[rows * steps];
            for (int r = 0; r < rows; r++) {
                fill(w, y, x, r, matrix, r * steps);
            }
            new PackedRows(plan, steps, form, 0).pack(Matrix.rowMajor(matrix, 0, steps));
        });
        return new PackedRows(plan, steps, data, 0);
    }

    private void fill(Span w, Axis y, Axis x, int row, float[] matrix, int at) {
        int c = row % shape.channels(), phase = row / shape.channels();
        int k = at;
        for (int o = 0; o < shape.filters(); o++) {
            int filter = w.at() + (o * shape.channels() + c) * shape.taps();
            for (int iy = 0; iy < y.shifts.length; iy++) {
                int ty = y.tap(phase / x.stride, iy);
                for (int ix = 0; ix < x.shifts.length; ix++) {
                    int tx = x.tap(phase % x.stride, ix);
                    matrix[k++] = ty < 0 || tx < 0 ? 0 : w.data()[filter + ty * x.window + tx];
                }
            }
        }
    }

    /** Spreads rows of the product over the pixels of their phase. */
    private record CellSink(TapRaster raster, ConvolutionShape shape, float[] dx, int at) implements TileSink {
        @Override
        public void store(float[] tiles, int from, int panelStep, int row, int live, int panelFrom, int panelTo) {
            for (int r = 0; r < live; r++) {
                for (int p = panelFrom; p < panelTo; p++) {
                    piece(tiles, from + (p - panelFrom) * panelStep + r * Lanes.PANEL, row + r, p * Lanes.PANEL);
                }
            }
        }

        private void piece(float[] tiles, int from, int row, int first) {
            WindowGeometry g = shape.window();
            int phase = row / shape.channels();
            int top = phase / g.strideX(), left = phase % g.strideX();
            int plane = at + row % shape.channels() * shape.plane();
            int end = Math.min(first + Lanes.PANEL, (raster.rows() - 1) * raster.pitch() + raster.columns());
            for (int position = first; position < end; ) {
                int j = position / raster.pitch(), i = position % raster.pitch();
                int count = Math.min(raster.pitch() - i, end - position);
                int y = top + j * g.strideY(), x = left + i * g.strideX();
                int kept = Math.clamp(Math.ceilDiv(shape.width() - x, g.strideX()), 0, count);
                int to = plane + y * shape.width() + x;
                for (int q = 0; y < shape.height() && q < kept; q++) {
                    dx[to + q * g.strideX()] = tiles[from + position - first + q];
                }
                position += count;
            }
        }
    }
}
