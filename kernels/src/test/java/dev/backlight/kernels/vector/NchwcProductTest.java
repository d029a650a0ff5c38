package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every output is computed, however positions and outputs are shared out among threads. */
class NchwcProductTest {
    private static final int L = Lanes.FLOAT.length();

    private final Random random = new Random(5);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 24})
    void allOutputsAreThoseOfAPlainLoop(int threads) {
        try (Parallel parallel = new Parallel(threads)) {
            for (int blocks = 1; blocks <= 11; blocks++) {
                assertSameBits(parallel, blocks, 1, 7, 1 + random.nextInt(9), 1);
                assertSameBits(parallel, blocks, 1 + random.nextInt(3), 3, 130, 1);
                assertSameBits(parallel, blocks, 2, 1 + random.nextInt(30), 17, 1);
                assertSameBits(parallel, blocks, 1 + random.nextInt(2), 5, 1 + random.nextInt(20), 9);
            }
        }
    }

    private void assertSameBits(Parallel parallel, int blocks, int batch, int rows, int columns, int taps) {
        int inputs = (1 + random.nextInt(2)) * L, outputs = blocks * L;
        int border = taps == 9 ? 2 : 0;
        int pitch = columns + border, plane = (rows + border) * pitch;
        int[] places = IntStream.range(0, taps).map(t -> t / 3 * pitch + t % 3).toArray();
        int[] offsets = NchwcRaster.offsets(inputs, batch * plane, places);
        float[] x = normal(batch * plane * inputs), weights = normal(Math.ceilDiv(blocks, 2) * 2 * L * offsets.length);
        float[] found = new float[blocks * batch * rows * columns * L];
        Arrays.fill(found, Float.NaN);
        var source = new NchwcProduct.Source(x, 0, plane * L, pitch * L, offsets);
        int image = rows * columns * L;
        var target = new NchwcProduct.Target(
                new Span(found, 0), 0, image, batch * image, columns * L, L, new NchwcEpilogue(Epilogue.NONE));
        new NchwcProduct(parallel, batch, inputs, outputs, weights).run(source, rows, columns, target);

        float[] expected = new float[found.length];
        for (int i = 0; i < expected.length; i++) {
            int position = i / L % (rows * columns), n = i / image % batch, output = i / (batch * image) * L + i % L;
            int at = (n * plane + position / columns * pitch + position % columns) * L;
            int column = output / (2 * L) * offsets.length * 2 * L + output % (2 * L);
            float sum = 0;
            for (int k = 0; k < offsets.length; k++) {
                sum = Math.fma(x[at + offsets[k]], weights[column + k * 2 * L], sum);
            }
            expected[i] = sum;
        }
        assertArrayEquals(
                expected,
                found,
                batch + " images of " + rows + "×" + columns + ", " + taps + " taps, " + outputs + " outputs");
    }

    private float[] normal(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
