package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The input gradient of a convolution with few channels, such as a network's first: each phase of its stride is a convolution of
 * stride 1 with the taps that fall on it. The upstream gradient, plain or in channel blocks, is padded for all phases at once, in
 * {@link PaddedStrip}s. The bits are those of {@link StridePhases}.
 */
record FewChannelsGradient(Parallel parallel, ConvolutionShape shape) {
    /** Fewer filters are not worth the padding. */
    private static final int FILTERS = 16;

    /**
     * Most rows of positions of a strip, few enough for the second-level cache under the usual windows; and most rows that two
     * neighbouring strips both pad.
     */
    private static final int STRIP = 16;

    /** What one Java array holds. */
    private static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;

    /** What packed weights are kept under. */
    private record PhaseForm(int at, ConvolutionShape shape) {}

    /** Elements of a phase: rows y, y + strideY, … and columns x, x + strideX, …. */
    private record Phase(int y, int x, int[] taps, int[] offsets, int weights) {}

    /** An axis of the window, seen from the elements of a phase: tap t finds what lies {@code shift} beyond their index. */
    private record Axis(int size, int window, int stride, int dilation, int padding) {
        int positions() {
            return Math.ceilDiv(size, stride);
        }

        int[] tapsOf(int phase) {
            return IntStream.range(0, window)
                    .filter(t -> Math.floorMod(phase + padding - t * dilation, stride) == 0)
                    .toArray();
        }

        int shift(int phase, int tap) {
            return Math.floorDiv(phase + padding - tap * dilation, stride);
        }

        /** Zeros before the first element. */
        int lead() {
            return Math.max(0, -shift(0, window - 1));
        }

        /** How far beyond the last position a tap may find something. */
        int last() {
            return Math.max(0, shift(stride - 1, 0));
        }

        /** Padded elements that a run of positions needs besides one for each. */
        int reach() {
            return lead() + last();
        }
    }

    private static Axis rows(ConvolutionShape s) {
        WindowGeometry g = s.window();
        return new Axis(s.height(), g.height(), g.strideY(), g.dilationY(), g.padTop());
    }

    private static Axis columns(ConvolutionShape s) {
        WindowGeometry g = s.window();
        return new Axis(s.width(), g.width(), g.strideX(), g.dilationX(), g.padLeft());
    }

    /** Rows of the longest strip. */
    private static int paddedRows(Axis rows) {
        return Math.min(rows.positions(), STRIP) + rows.reach();
    }

    /** Elements of a padded row of one filter. */
    private static int pitch(Axis columns) {
        return columns.lead() + FewRowsTile.covered(columns.positions()) + columns.last();
    }

    /** Whether this is expected to be faster than {@link StridePhases}, by the sizes alone. */
    static boolean pays(ConvolutionShape s) {
        boolean isOfKind = s.groups() == 1 && !s.isPointwise() && s.channels() <= FewRowsTile.ROWS;
        if (!isOfKind || s.filters() < FILTERS || rows(s).reach() > STRIP) {
            return false;
        }
        int columns = columns(s).positions();
        boolean isFull = FewRowsTile.covered(columns) <= 3 * columns / 2;
        return isFull && (long) paddedRows(rows(s)) * pitch(columns(s)) <= MOST_ELEMENTS / s.filters();
    }

    /** @param areBlocks whether u is in channel blocks */
    void run(Span u, boolean areBlocks, Span w, Epilogue epilogue, Span dx) {
        List<Phase> phases = phases();
        float[] weights = weights(phases, w);
        Axis rows = rows(shape), columns = columns(shape);
        int pieces = strips(rows);
        parallel.forEach(shape.batch() * pieces, i -> {
            int image = i / pieces, first = share(i % pieces, pieces), end = share(i % pieces + 1, pieces);
            var strip = new PaddedStrip(
                    shape,
                    u,
                    areBlocks,
                    image,
                    first - rows.lead(),
                    end - first + rows.reach(),
                    columns.lead(),
                    pitch(columns));
            for (int j = first; j < end; j++) {
                float[] padded = strip.upTo(j - first + rows.reach());
                for (Phase phase : phases) {
                    compute(phase, padded, strip.at(j - first), j, weights, image, dx);
                }
                finish(epilogue, image, j, dx);
            }
        });
    }

    /**
     * Strips of an image. Where images are fewer than threads, each thread gets as many strips, unless more than half of the
     * rows would be padded twice then.
     */
    private int strips(Axis rows) {
        int least = Math.ceilDiv(rows.positions(), STRIP);
        int even = Math.ceilDiv(least, parallel.threads()) * parallel.threads();
        int most = rows.positions() / Math.max(1, 2 * rows.reach());
        return shape.batch() >= parallel.threads() ? least : Math.max(least, Math.min(even, most));
    }

    private int share(int part, int parts) {
        return (int) ((long) rows(shape).positions() * part / parts);
    }

    private List<Phase> phases() {
        Axis y = rows(shape), x = columns(shape);
        int pitch = pitch(x);
        List<Phase> phases = new ArrayList<>();
        int weights = 0;
        for (int py = 0; py < Math.min(y.stride, y.size); py++) {
            for (int px = 0; px < Math.min(x.stride, x.size); px++) {
                int[] tapsY = y.tapsOf(py), tapsX = x.tapsOf(px);
                int[] taps = new int[tapsY.length * tapsX.length], places = new int[taps.length];
                for (int i = 0; i < taps.length; i++) {
                    int ty = tapsY[i / tapsX.length], tx = tapsX[i % tapsX.length];
                    taps[i] = ty * x.window + tx;
                    int line = y.lead() + y.shift(py, ty);
                    places[i] = line * shape.filters() * pitch + x.lead() + x.shift(px, tx);
                }
                int[] offsets = new int[shape.filters() * taps.length];
                Arrays.setAll(offsets, k -> k / taps.length * pitch + places[k % taps.length]);
                phases.add(new Phase(py, px, taps, offsets, weights));
                weights += offsets.length * FewRowsTile.ROWS;
            }
        }
        return phases;
    }

    /** Per phase, step (filter, tap) after step: one number per channel. */
    private float[] weights(List<Phase> phases, Span w) {
        int size = shape.filters() * shape.taps() * FewRowsTile.ROWS;
        return w.form(new PhaseForm(w.at(), shape), size, Scratch.ROWS, form -> {
            for (Phase phase : phases) {
                for (int k = 0; k < phase.offsets.length; k++) {
                    int filter = k / phase.taps.length, tap = phase.taps[k % phase.taps.length];
                    for (int m = 0; m < FewRowsTile.ROWS; m++) {
                        int from = w.at() + (filter * shape.channels() + m) * shape.taps() + tap;
                        form[phase.weights + k * FewRowsTile.ROWS + m] = m < shape.channels() ? w.data()[from] : 0;
                    }
                }
            }
        });
    }

    /** The pixels of a phase in one of its rows. */
    private void compute(Phase phase, float[] padded, int at, int j, float[] weights, int image, Span dx) {
        WindowGeometry g = shape.window();
        int row = j * g.strideY() + phase.y;
        if (row >= shape.height()) {
            return;
        }
        int positions = columns(shape).positions(), covered = FewRowsTile.covered(positions);
        float[] c = Scratch.TILES.floats(FewRowsTile.ROWS * covered);
        FewRowsTile.cover(positions, padded, at, phase.offsets, weights, phase.weights, c);
        int count = Math.ceilDiv(shape.width() - phase.x, g.strideX());
        for (int m = 0; m < shape.channels(); m++) {
            int to = place(image, m, row, dx) + phase.x;
            for (int i = 0; i < count; i++) {
                dx.data()[to + i * g.strideX()] = c[m * covered + i];
            }
        }
    }

    private int place(int image, int channel, int row, Span dx) {
        return dx.at() + ((image * shape.channels() + channel) * shape.height() + row) * shape.width();
    }

    private void finish(Epilogue epilogue, int image, int j, Span dx) {
        int stride = shape.window().strideY();
        if (epilogue.equals(Epilogue.NONE)) {
            return;
        }
        for (int row = j * stride; row < Math.min(shape.height(), (j + 1) * stride); row++) {
            for (int m = 0; m < shape.channels(); m++) {
                int at = place(image, m, row, dx);
                epilogue.store(dx.data(), at, m, dx.data(), dx.at(), at, shape.width());
            }
        }
    }
}
