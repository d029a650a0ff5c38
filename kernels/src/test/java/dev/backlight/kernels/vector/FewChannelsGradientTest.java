package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Input gradients of convolutions with few channels. */
class FewChannelsGradientTest {
    private static final int L = Lanes.FLOAT.length();
    private static final Parallel TWO = new Parallel(2);

    /** An element sums at most 48 filters times 25 taps of products below one: 1,200 roundings of sums that stay below 100. */
    private static final double BOUND = 1_200 * 0x1p-24 * 100;

    @AfterAll
    static void close() {
        TWO.close();
    }

    private static WindowGeometry window(SplittableRandom random) {
        return new WindowGeometry(
                1 + random.nextInt(5),
                1 + random.nextInt(5),
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                1 + random.nextInt(2),
                1 + random.nextInt(2),
                random.nextInt(3),
                random.nextInt(3),
                random.nextInt(3),
                random.nextInt(3));
    }

    private static ConvolutionCase randomCase(SplittableRandom random) {
        int height = 9 + random.nextInt(12), width = 30 + random.nextInt(random.nextInt(4) == 0 ? 300 : 60);
        int channels = 1 + random.nextInt(3), filters = 16 * (1 + random.nextInt(3));
        return ConvolutionCase.of(random, 1 + random.nextInt(3), channels, height, width, filters, window(random), 1);
    }

    private static float[] result(ConvolutionCase one, Span u, boolean areBlocks, Epilogue epilogue) {
        return result(TWO, one, u, areBlocks, epilogue);
    }

    private static float[] result(
            Parallel parallel, ConvolutionCase one, Span u, boolean areBlocks, Epilogue epilogue) {
        float[] dx = new float[5 + one.x().length + 3];
        Arrays.fill(dx, Float.NaN);
        new FewChannelsGradient(parallel, one.shape())
                .run(u, areBlocks, new Span(one.w(), 0), epilogue, new Span(dx, 5));
        for (int i = 0; i < dx.length; i++) {
            assertEquals(i < 5 || i >= dx.length - 3, Float.isNaN(dx[i]), one + " at " + i);
        }
        return Arrays.copyOfRange(dx, 5, dx.length - 3);
    }

    @Test
    void agreesWithPlainLoopsAndHasTheBitsOfPhasesOverASweep() {
        SplittableRandom random = new SplittableRandom(81);
        int taken = 0;
        for (int i = 0; i < 200; i++) {
            ConvolutionCase one = randomCase(random);
            if (!FewChannelsGradient.pays(one.shape())) {
                continue;
            }
            taken++;
            float[] dx = result(one, new Span(one.u(), 0), false, Epilogue.NONE);
            double[] expected = one.inputGradient();
            for (int k = 0; k < dx.length; k++) {
                assertEquals(expected[k], dx[k], BOUND, one + " at " + k);
            }
            float[] byPhases = new float[dx.length];
            new Convolution(TWO)
                    .inputGradientByPhases(
                            one.shape(),
                            new Span(one.u(), 0),
                            new Span(one.w(), 0),
                            Epilogue.NONE,
                            new Span(byPhases, 0));
            assertArrayEquals(byPhases, dx, one.toString());
        }
        assertTrue(taken > 80, "only " + taken + " cases were of this kind");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 40})
    void theDivisionIntoStripsDoesNotChangeABit(int threads) {
        SplittableRandom random = new SplittableRandom(83);
        int taken = 0;
        try (Parallel parallel = new Parallel(threads)) {
            for (int i = 0; i < 30; i++) {
                int height = 30 + random.nextInt(80), filters = 16 * (1 + random.nextInt(2));
                WindowGeometry window = i % 3 == 0 ? WindowGeometry.square(7, 2, 3) : window(random);
                ConvolutionCase one =
                        ConvolutionCase.of(random, 1 + random.nextInt(2), 3, height, 94, filters, window, 1);
                if (!FewChannelsGradient.pays(one.shape())) {
                    continue;
                }
                taken++;
                float[] byPhases = new float[one.x().length];
                Span u = new Span(one.u(), 0), w = new Span(one.w(), 0);
                new Convolution(TWO).inputGradientByPhases(one.shape(), u, w, Epilogue.NONE, new Span(byPhases, 0));
                assertArrayEquals(byPhases, result(parallel, one, u, false, Epilogue.NONE), one.toString());
                assertArrayEquals(byPhases, result(parallel, one, blocked(one), true, Epilogue.NONE), one.toString());
            }
        }
        assertTrue(taken > 15, "only " + taken + " cases were of this kind");
    }

    @Test
    void windowsThatReachFurtherThanAStripGoAnotherWay() {
        WindowGeometry near = new WindowGeometry(3, 3, 1, 1, 8, 8, 8, 8, 8, 8);
        WindowGeometry far = new WindowGeometry(3, 3, 1, 1, 9, 9, 9, 9, 9, 9);
        assertTrue(FewChannelsGradient.pays(new ConvolutionShape(1, 3, 224, 224, 64, 224, 224, near, 1)));
        assertFalse(FewChannelsGradient.pays(new ConvolutionShape(1, 3, 224, 224, 64, 224, 224, far, 1)));
    }

    @Test
    void readsBlocksAndPutsResultsThroughAnEpilogue() {
        SplittableRandom random = new SplittableRandom(82);
        for (int i = 0; i < 60; i++) {
            ConvolutionCase one = randomCase(random);
            if (!FewChannelsGradient.pays(one.shape())) {
                continue;
            }
            float[] gate = GemmTest.values(random, one.x().length), bias = GemmTest.values(random, 3);
            Epilogue epilogue = new Epilogue(new Span(bias, 0), null, new Span(gate, 0), null, null, null, false);
            float[] plain = result(one, new Span(one.u(), 0), false, epilogue);
            assertArrayEquals(plain, result(one, blocked(one), true, epilogue), one.toString());
            float[] bare = result(one, new Span(one.u(), 0), false, Epilogue.NONE);
            int plane = one.shape().plane();
            for (int k = 0; k < plain.length; k++) {
                float open =
                        gate[k] > 0 ? bare[k] + bias[k / plane % one.shape().channels()] : 0;
                assertEquals(open, plain[k], one + " at " + k);
            }
        }
    }

    /** u in blocks, four elements into an array. */
    private static Span blocked(ConvolutionCase one) {
        ConvolutionShape s = one.shape();
        float[] blocks = new float[4 + one.u().length];
        for (int i = 0; i < one.u().length; i++) {
            int pixel = i % s.outPlane(), filter = i / s.outPlane() % s.filters(), n = i / s.outPlane() / s.filters();
            int block = filter / L * s.batch() + n;
            blocks[4 + (block * s.outPlane() + pixel) * L + filter % L] = one.u()[i];
        }
        return new Span(blocks, 4);
    }

    @Test
    void isWhatFirstConvolutionsOfLargeImagesUse() {
        WindowGeometry seven = WindowGeometry.square(7, 2, 3), three = WindowGeometry.square(3, 1, 1);
        assertTrue(FewChannelsGradient.pays(new ConvolutionShape(1, 3, 224, 224, 64, 112, 112, seven, 1)));
        assertTrue(FewChannelsGradient.pays(new ConvolutionShape(1, 3, 224, 224, 64, 224, 224, three, 1)));
        assertFalse(FewChannelsGradient.pays(new ConvolutionShape(1, 4, 224, 224, 64, 224, 224, three, 1)));
        assertFalse(FewChannelsGradient.pays(new ConvolutionShape(1, 3, 4, 4, 64, 2, 2, seven, 1)));
    }

    @Test
    void paddedImagesOfMoreThanAnArrayGoAnotherWay() {
        WindowGeometry far = new WindowGeometry(3, 3, 2, 2, 30_000, 30_000, 30_000, 30_000, 30_000, 30_000);
        assertFalse(FewChannelsGradient.pays(new ConvolutionShape(1, 3, 224, 224, 64, 112, 112, far, 1)));
    }
}
