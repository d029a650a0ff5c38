package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Input gradients of strided convolutions with few channels against plain loops in double. */
class SubpixelGradientTest {
    private static final Parallel TWO = new Parallel(2);

    /** An element sums at most 40 filters times 25 taps of products below one: 1,000 roundings of sums that stay below 100. */
    private static final double BOUND = 1_000 * 0x1p-24 * 100;

    @AfterAll
    static void close() {
        TWO.close();
    }

    private static WindowGeometry window(SplittableRandom random) {
        int strideY = 1 + random.nextInt(3);
        int strideX = strideY == 1 ? 2 : 1 + random.nextInt(3);
        return new WindowGeometry(
                1 + random.nextInt(5),
                1 + random.nextInt(5),
                strideY,
                strideX,
                1 + random.nextInt(2),
                1 + random.nextInt(2),
                random.nextInt(3),
                random.nextInt(3),
                random.nextInt(3),
                random.nextInt(3));
    }

    @Test
    void agreesWithPlainLoopsOverASweep() {
        SplittableRandom random = new SplittableRandom(81);
        int taken = 0;
        for (int i = 0; i < 300; i++) {
            int height = 9 + random.nextInt(14), width = 9 + random.nextInt(random.nextInt(4) == 0 ? 60 : 14);
            int channels = 1 + random.nextInt(3), filters = 16 + random.nextInt(25);
            ConvolutionCase one = ConvolutionCase.of(
                    random, 1 + random.nextInt(3), channels, height, width, filters, window(random), 1);
            if (!SubpixelGradient.pays(one.shape())) {
                continue;
            }
            taken++;
            float[] dx = new float[one.x().length];
            Arrays.fill(dx, Float.NaN);
            new SubpixelGradient(TWO, one.shape())
                    .run(new Span(one.u(), 0), new Span(one.w(), 0), Epilogue.NONE, new Span(dx, 0));
            double[] expected = one.inputGradient();
            for (int k = 0; k < dx.length; k++) {
                assertEquals(expected[k], dx[k], BOUND, one + " at " + k);
            }
        }
        assertTrue(taken > 100, "only " + taken + " cases were of this kind");
    }

    @Test
    void isWhatFirstConvolutionsUse() {
        WindowGeometry seven = WindowGeometry.square(7, 2, 3), three = WindowGeometry.square(3, 1, 1);
        assertTrue(SubpixelGradient.pays(new ConvolutionShape(1, 3, 224, 224, 64, 112, 112, seven, 1)));
        assertEquals(false, SubpixelGradient.pays(new ConvolutionShape(1, 3, 224, 224, 64, 224, 224, three, 1)));
    }
}
