package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Convolution and its gradients against plain loops; a sum of k terms below 1 may differ by the rounding of k additions. */
class ConvolutionTest {
    private static final Parallel TWO = new Parallel(2);
    private static final int MARGIN = 3;

    @AfterAll
    static void close() {
        TWO.close();
    }

    @Test
    void agreesOnLayersOfNetworks() {
        SplittableRandom random = new SplittableRandom(32);
        check(ConvolutionCase.of(random, 5, 16, 32, 32, 16, WindowGeometry.square(3, 1, 1), 1), TWO);
        check(ConvolutionCase.of(random, 3, 16, 32, 32, 32, WindowGeometry.square(3, 2, 1), 1), TWO);
        check(ConvolutionCase.of(random, 2, 64, 8, 8, 64, WindowGeometry.square(3, 1, 1), 1), TWO);
        check(ConvolutionCase.of(random, 1, 3, 63, 65, 24, WindowGeometry.square(7, 2, 3), 1), TWO);
        check(ConvolutionCase.of(random, 2, 300, 7, 7, 130, WindowGeometry.square(1, 1, 0), 1), TWO);
        check(ConvolutionCase.of(random, 2, 64, 14, 14, 40, WindowGeometry.square(1, 2, 0), 1), TWO);
        check(ConvolutionCase.of(random, 2, 48, 14, 15, 48, WindowGeometry.square(3, 2, 1), 48), TWO);
        check(ConvolutionCase.of(random, 2, 64, 9, 9, 64, WindowGeometry.square(3, 1, 1), 16), TWO);
    }

    @Test
    void theNumberOfThreadsDoesNotChangeABit() {
        SplittableRandom random = new SplittableRandom(33);
        ConvolutionCase one = ConvolutionCase.of(random, 7, 20, 17, 15, 30, WindowGeometry.square(3, 2, 1), 2);
        try (Parallel parallel = new Parallel(1)) {
            float[] y = forward(one, parallel), dx = inputGradient(one, parallel), dw = weightGradient(one, parallel);
            for (int threads = 2; threads <= 4; threads++) {
                try (Parallel more = new Parallel(threads)) {
                    assertArrayEquals(y, forward(one, more));
                    assertArrayEquals(dx, inputGradient(one, more));
                    assertArrayEquals(dw, weightGradient(one, more));
                }
            }
        }
    }

    private static void check(ConvolutionCase one, Parallel parallel) {
        ConvolutionShape s = one.shape();
        int perOutput = s.channelsPerGroup() * s.taps();
        assertClose("y of " + one, one.forward(), forward(one, parallel), perOutput);
        assertClose("dx of " + one, one.inputGradient(), inputGradient(one, parallel), s.filtersPerGroup() * s.taps());
        assertClose("dw of " + one, one.weightGradient(), weightGradient(one, parallel), s.batch() * s.outPlane());
    }

    private static float[] forward(ConvolutionCase one, Parallel parallel) {
        return run(
                one.u().length,
                y -> new Convolution(parallel)
                        .forward(one.shape(), new Span(one.x(), 0), new Span(one.w(), 0), new Span(one.bias(), 0), y));
    }

    private static float[] inputGradient(ConvolutionCase one, Parallel parallel) {
        return run(
                one.x().length,
                dx -> new Convolution(parallel)
                        .inputGradient(one.shape(), new Span(one.u(), 0), new Span(one.w(), 0), dx));
    }

    private static float[] weightGradient(ConvolutionCase one, Parallel parallel) {
        return run(
                one.w().length,
                dw -> new Convolution(parallel)
                        .weightGradient(one.shape(), new Span(one.x(), 0), new Span(one.u(), 0), dw));
    }

    /** Runs into an array full of NaN: every element must be written and none beside them. */
    private static float[] run(int size, Consumer<Span> kernel) {
        float[] out = new float[size + 2 * MARGIN];
        Arrays.fill(out, Float.NaN);
        kernel.accept(new Span(out, MARGIN));
        for (int i = 0; i < MARGIN; i++) {
            assertEquals(Float.NaN, out[i]);
            assertEquals(Float.NaN, out[out.length - 1 - i]);
        }
        return Arrays.copyOfRange(out, MARGIN, size + MARGIN);
    }

    private static void assertClose(String what, double[] expected, float[] actual, int terms) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 2e-7 * (terms + 2), what + " at " + i);
        }
    }
}
