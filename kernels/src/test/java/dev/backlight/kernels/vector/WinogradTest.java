package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Minimal filtering against plain loops in double, within the bound that {@link Winograd} states. */
class WinogradTest {
    private static final Parallel TWO = new Parallel(2);
    private static final Convolution CONVOLUTION = new Convolution(TWO);
    private static final List<WinogradTile> TILES = List.of(new WinogradTile4(), new WinogradTile2());
    private static final double ROUNDING = 0x1p-24;

    @AfterAll
    static void close() {
        TWO.close();
    }

    private static double kappa(WinogradTile tile) {
        return tile.outputs() == 4 ? 620 : 64;
    }

    private static ConvolutionCase random(SplittableRandom random) {
        WindowGeometry window = new WindowGeometry(
                3, 3, 1, 1, 1, 1, random.nextInt(3), random.nextInt(3), random.nextInt(3), random.nextInt(3));
        int channels = 1 + random.nextInt(random.nextInt(4) == 0 ? 70 : 9);
        int filters = 1 + random.nextInt(random.nextInt(4) == 0 ? 70 : 14);
        int height = 3 + random.nextInt(random.nextInt(4) == 0 ? 40 : 12);
        int width = 3 + random.nextInt(random.nextInt(4) == 0 ? 90 : 12);
        return ConvolutionCase.of(random, 1 + random.nextInt(4), channels, height, width, filters, window, 1);
    }

    private static float[] forward(ConvolutionCase one, WinogradTile tile, Convolution convolution) {
        float[] y = new float[one.u().length];
        Arrays.fill(y, Float.NaN);
        Epilogue bias = Epilogue.biased(new Span(one.bias(), 0));
        convolution.minimalForward(one.shape(), tile, new Span(one.x(), 0), new Span(one.w(), 0), bias, new Span(y, 0));
        return y;
    }

    private static float[] inputGradient(ConvolutionCase one, WinogradTile tile, Convolution convolution) {
        float[] dx = new float[one.x().length];
        Arrays.fill(dx, Float.NaN);
        convolution.minimalInputGradient(
                one.shape(), tile, new Span(one.u(), 0), new Span(one.w(), 0), Epilogue.NONE, new Span(dx, 0));
        return dx;
    }

    private static void assertWithin(String what, double bound, double[] expected, float[] actual) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], bound, what + " at " + i);
        }
    }

    @Test
    void agreesWithPlainLoopsOverASweep() {
        SplittableRandom random = new SplittableRandom(61);
        for (int i = 0; i < 200; i++) {
            ConvolutionCase one = random(random);
            for (WinogradTile tile : TILES) {
                int c = one.shape().channels(), o = one.shape().filters();
                double perTerm = kappa(tile) * ROUNDING;
                assertWithin("y of " + one, perTerm * (c + 20) * c, one.forward(), forward(one, tile, CONVOLUTION));
                float[] dx = inputGradient(one, tile, CONVOLUTION);
                assertWithin("dx of " + one, perTerm * (o + 20) * o, one.inputGradient(), dx);
            }
        }
    }

    /** The bound is for the worst case; this holds the error that random operands give, per term about that of direct sums. */
    @Test
    void errorsOfRandomOperandsAreMuchSmaller() {
        SplittableRandom random = new SplittableRandom(62);
        ConvolutionCase one = ConvolutionCase.of(random, 1, 128, 19, 23, 24, WindowGeometry.square(3, 1, 1), 1);
        double[] expected = one.forward();
        double size = rootMeanSquare(expected);
        for (WinogradTile tile : TILES) {
            float[] actual = forward(one, tile, CONVOLUTION);
            double[] error = new double[expected.length];
            Arrays.setAll(error, i -> actual[i] - expected[i]);
            double relative = rootMeanSquare(error) / size;
            assertTrue(relative < (tile.outputs() == 4 ? 1.3e-6 : 8e-7), tile + ": " + relative);
        }
    }

    private static double rootMeanSquare(double[] values) {
        return Math.sqrt(Arrays.stream(values).map(v -> v * v).average().orElseThrow());
    }

    @Test
    void theNumberOfThreadsDoesNotChangeABit() {
        SplittableRandom random = new SplittableRandom(63);
        ConvolutionCase one = ConvolutionCase.of(random, 3, 20, 30, 33, 50, WindowGeometry.square(3, 1, 1), 1);
        try (Parallel single = new Parallel(1);
                Parallel three = new Parallel(3)) {
            for (WinogradTile tile : TILES) {
                assertArrayEquals(
                        forward(one, tile, new Convolution(single)), forward(one, tile, new Convolution(three)));
                assertArrayEquals(
                        inputGradient(one, tile, new Convolution(single)),
                        inputGradient(one, tile, new Convolution(three)));
            }
        }
    }

    /** What the cost model was fitted to say. */
    @Test
    void choosesByTheSizes() {
        assertEquals("4", choice(1, 64, 56, 64));
        assertEquals("4", choice(1, 128, 56, 32));
        assertEquals("4", choice(1, 128, 28, 128));
        assertEquals("2", choice(1, 256, 14, 256));
        assertEquals("4", choice(8, 256, 14, 256));
        assertEquals("2", choice(1, 512, 14, 512));
        assertEquals("4", choice(32, 64, 8, 64));
        assertEquals("4", choice(8, 128, 14, 32));
        assertEquals("direct", choice(1, 512, 7, 512));
        assertEquals("4", choice(8, 512, 7, 512));
        assertEquals("2", choice(1, 128, 14, 32));
        assertEquals("direct", choice(1, 128, 7, 32));
        assertEquals("direct", choice(2, 512, 7, 512));
        assertEquals("direct", choice(1, 16, 32, 16));
        assertEquals("direct", choice(1, 3, 224, 64));
        assertEquals("direct", choice(1, 64, 224, 3));
        assertEquals("direct", choice(1, 12, 56, 64));
    }

    private static String choice(int batch, int channels, int side, int filters) {
        ConvolutionShape s = new ConvolutionShape(
                batch, channels, side, side, filters, side, side, WindowGeometry.square(3, 1, 1), 1);
        return WinogradChoice.forward(s)
                .map(tile -> String.valueOf(tile.outputs()))
                .orElse("direct");
    }
}
