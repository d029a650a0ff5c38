package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NchwcTileTest {
    private static final int L = Lanes.FLOAT.length();
    private static final int STEPS = 5;

    /** Every number of positions that some sequence of tiles has to cover, bit for bit, and not a place beyond. */
    @Test
    void tilesCoverEveryNumberOfPositions() {
        Random random = new Random(1);
        for (int count = 1; count <= 64; count++) {
            int half = (count + 3) * L;
            float[] x = normal(random, (count + 40) * L), w = normal(random, STEPS * 2 * L);
            int[] offsets = random.ints(STEPS, 0, 40 * L).toArray();
            float[] found = new float[2 * half], expected = new float[2 * half];
            Arrays.fill(found, 7);
            Arrays.fill(expected, 7);
            NchwcTile.cover(count, x, 0, offsets, w, 0, found, 0, half);
            for (int p = 0; p < count; p++) {
                for (int output = 0; output < 2 * L; output++) {
                    float sum = 0;
                    for (int k = 0; k < STEPS; k++) {
                        sum = Math.fma(x[offsets[k] + p * L], w[k * 2 * L + output], sum);
                    }
                    expected[output / L * half + p * L + output % L] = sum;
                }
            }
            assertArrayEquals(expected, found, count + " positions");
        }
    }

    private static float[] normal(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
