package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Minimal filtering of images in channel blocks gives the bits that {@link Winograd} gives on plain images. */
class NchwcWinogradTest {
    private static final int L = Lanes.FLOAT.length();
    private static final WeightLayoutOf FORWARD = WeightLayout::forward;
    private static final WeightLayoutOf ADJOINT = s -> WeightLayout.adjoint(s, new int[] {8, 7, 6, 5, 4, 3, 2, 1, 0});
    private static final List<Parallel> THREADS = List.of(new Parallel(1), new Parallel(2), new Parallel(3));
    private static final List<WinogradTile> TILES = List.of(new WinogradTile4(), new WinogradTile2());

    @FunctionalInterface
    private interface WeightLayoutOf {
        WeightLayout of(ConvolutionShape s);
    }

    @AfterAll
    static void close() {
        THREADS.forEach(Parallel::close);
    }

    /** Values of which many are zero, some of them negative ones, as behind rectifiers. */
    private static float[] values(SplittableRandom random, int count) {
        float[] values = GemmTest.values(random, count);
        for (int i = 0; i < count; i++) {
            int kind = random.nextInt(6);
            values[i] = kind == 0 ? 0f : kind == 1 ? -0f : values[i];
        }
        return values;
    }

    /** Images with every plane's elements in rows of L channels, {@code offset} elements into an array. */
    private static Span blocked(Span images, int channels, int plane, int offset) {
        int size = images.data().length;
        float[] blocked = new float[offset + size];
        int batch = size / plane / channels;
        for (int i = 0; i < size; i++) {
            int channel = i / plane % channels;
            int block = channel / L * batch + i / plane / channels;
            blocked[offset + (block * plane + i % plane) * L + channel % L] = images.data()[i];
        }
        return new Span(blocked, offset);
    }

    /** An epilogue of which each bit of {@code steps} adds a step. */
    private static Epilogue epilogue(SplittableRandom random, int steps, int channels, int size) {
        boolean isScaled = (steps & 2) != 0;
        return new Epilogue(
                optional(random, (steps & 1) != 0, channels),
                optional(random, (steps & 4) != 0, size),
                optional(random, (steps & 8) != 0, size),
                optional(random, isScaled, channels),
                optional(random, isScaled, channels),
                optional(random, (steps & 16) != 0, size),
                (steps & 32) != 0);
    }

    private static @Nullable Span optional(SplittableRandom random, boolean isThere, int count) {
        return isThere ? new Span(values(random, count), 0) : null;
    }

    private static NchwcEpilogue blocked(Epilogue e, int channels, int plane) {
        return new NchwcEpilogue(new Epilogue(
                e.bias(),
                blockedOrNull(e.joined(), channels, plane),
                blockedOrNull(e.gate(), channels, plane),
                e.scale(),
                e.shift(),
                blockedOrNull(e.residual(), channels, plane),
                e.rectified()));
    }

    private static @Nullable Span blockedOrNull(@Nullable Span images, int channels, int plane) {
        return images == null ? null : blocked(images, channels, plane, 5);
    }

    private static float[] run(
            Winograd.Sizes z,
            WinogradTile tile,
            WeightLayout layout,
            Span x,
            Span w,
            Epilogue epilogue,
            Parallel parallel) {
        int outPlane = z.outHeight() * z.outWidth();
        Span y = new Span(new float[3 + z.batch() * z.outputs() * outPlane + 7], 3);
        Arrays.fill(y.data(), Float.NaN);
        float[] weights = new NchwcWinogradWeights(tile, layout).packed(parallel, w);
        Span images = blocked(x, z.inputs(), z.height() * z.width(), 2);
        new NchwcWinograd(parallel, z, tile, weights).run(images, y, blocked(epilogue, z.outputs(), outPlane));
        return y.data();
    }

    /** What is expected in an array of the size of {@link #run}'s, where NaN around the result must have been left alone. */
    private static float[] expected(Span y, Winograd.Sizes z) {
        float[] expected = new float[3 + y.data().length + 7];
        Arrays.fill(expected, Float.NaN);
        float[] blocked =
                blocked(y, z.outputs(), z.outHeight() * z.outWidth(), 0).data();
        System.arraycopy(blocked, 0, expected, 3, blocked.length);
        return expected;
    }

    private static void check(SplittableRandom random, ConvolutionShape s, WinogradTile tile, int steps) {
        Convolution convolution = new Convolution(THREADS.get(1));
        int size = s.batch() * s.channels() * s.plane(), outSize = s.batch() * s.filters() * s.outPlane();
        Span x = new Span(values(random, size), 0), u = new Span(values(random, outSize), 0);
        Span w = new Span(GemmTest.values(random, 4 + s.filters() * s.channels() * 9), 4);
        Parallel parallel = THREADS.get(random.nextInt(3));
        String name = tile + ", steps " + steps + ", " + parallel.threads() + " threads of " + s;

        Span y = new Span(new float[outSize], 0);
        Epilogue forward = epilogue(random, steps, s.filters(), outSize);
        convolution.minimalForward(s, tile, x, w, forward, y);
        Winograd.Sizes z = Winograd.Sizes.forward(s);
        assertArrayEquals(expected(y, z), run(z, tile, FORWARD.of(s), x, w, forward, parallel), name);

        Span dx = new Span(new float[size], 0);
        Epilogue backward = epilogue(random, steps, s.channels(), size);
        convolution.minimalInputGradient(s, tile, u, w, backward, dx);
        Winograd.Sizes back = Winograd.Sizes.adjoint(s);
        assertArrayEquals(expected(dx, back), run(back, tile, ADJOINT.of(s), u, w, backward, parallel), name);
    }

    private static ConvolutionShape shape(
            int batch, int channels, int height, int width, int filters, WindowGeometry window) {
        return new ConvolutionShape(
                batch,
                channels,
                height,
                width,
                filters,
                window.outputHeight(height),
                window.outputWidth(width),
                window,
                1);
    }

    @Test
    void givesTheBitsOfPlainImagesOverASweep() {
        SplittableRandom random = new SplittableRandom(81);
        for (int i = 0; i < 256; i++) {
            WindowGeometry window = new WindowGeometry(
                    3, 3, 1, 1, 1, 1, random.nextInt(3), random.nextInt(3), random.nextInt(3), random.nextInt(3));
            ConvolutionShape s = shape(
                    1 + random.nextInt(3),
                    (1 + random.nextInt(5)) * L,
                    3 + random.nextInt(random.nextInt(6) == 0 ? 30 : 10),
                    3 + random.nextInt(random.nextInt(6) == 0 ? 90 : 10),
                    (1 + random.nextInt(5)) * L,
                    window);
            check(random, s, TILES.get(i % 2), i / 2 % 64);
        }
    }

    /** More weights than a thread keeps for itself, more tiles than a block, and sums longer than a run of {@link Winograd}. */
    @Test
    void givesTheBitsOfPlainImagesInLargeBlocks() {
        SplittableRandom random = new SplittableRandom(82);
        for (WinogradTile tile : TILES) {
            check(random, shape(2, 336, 19, 31, 48, WindowGeometry.square(3, 1, 1)), tile, 63);
            check(random, shape(3, 112, 26, 33, 176, WindowGeometry.square(3, 1, 1)), tile, 0);
        }
    }

    /**
     * Chunks of tiles end where register tiles do, whatever remains behind whole ones: every number of tiles up to some register
     * tiles, as threads share a block of them, and some of which each thread has a block.
     */
    @Test
    void givesTheBitsOfPlainImagesForAnyNumberOfTiles() {
        SplittableRandom random = new SplittableRandom(83);
        WindowGeometry window = WindowGeometry.square(3, 1, 1);
        for (int tiles = 1; tiles <= 47; tiles++) {
            check(random, shape(1, 96, 4, 4 * tiles - random.nextInt(4), 96, window), TILES.getFirst(), 1);
        }
        for (int tiles : new int[] {112, 115, 125, 168, 170, 187}) {
            check(random, shape(1, 96, 4, 4 * tiles, 96, window), TILES.getFirst(), 1);
            check(random, shape(tiles, 96, 2, 2, 256, window), TILES.getLast(), 1);
        }
    }
}
