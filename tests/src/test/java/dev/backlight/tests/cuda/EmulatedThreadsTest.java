package dev.backlight.tests.cuda;

import static dev.backlight.tests.cuda.PlainDriver.at;
import static dev.backlight.tests.cuda.PlainDriver.check;
import static dev.backlight.tests.cuda.PlainDriver.free;
import static dev.backlight.tests.cuda.PlainDriver.kernel;
import static dev.backlight.tests.cuda.PlainDriver.memory;
import static dev.backlight.tests.cuda.PlainDriver.read;
import static dev.backlight.tests.cuda.PlainDriver.run;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.tests.cuda.PlainDriver.Parameter;
import java.util.Random;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the emulator runs threads: in any order, and as warps and blocks that work together. */
class EmulatedThreadsTest extends EmulatedDevice {
    @ParameterizedTest
    @ValueSource(strings = {"forward", "reverse", "random:1", "random:2"})
    void barriersHoldInEveryOrderOfThreads(String order) {
        Emulator.set("order", order);
        check(run(kernel("reverse", TWO), 1, THREADS, 0, at(x), at(y)));
        assertArrayEquals(reversed(), read(y, THREADS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "reverse", "random:1"})
    void aMissingBarrierShowsInEveryOrderOfThreads(String order) {
        Emulator.set("order", order);
        check(run(kernel("reverse_without_barrier", TWO), 1, THREADS, 0, at(x), at(y)));
        float[] found = read(y, THREADS);
        int wrong = 0;
        for (int i = 0; i < THREADS; i++) {
            wrong += found[i] == THREADS - i ? 0 : 1;
        }
        assertTrue(wrong > THREADS / 4, wrong + " elements are wrong");
    }

    @Test
    void warpFunctionsVotesAndBarriersThatCount() {
        float[] mixed = new float[32];
        int positive = 0;
        float sum = 0;
        for (int i = 0; i < 32; i++) {
            mixed[i] = i % 3 == 0 ? -i : i;
            positive |= mixed[i] > 0 ? 1 << i : 0;
            sum += mixed[i];
        }
        CUdeviceptr data = memory(mixed);
        check(run(kernel("warp_functions", TWO), 1, 32, 0, at(data), at(y)));
        float[] found = read(y, 3);
        assertEquals(sum, found[0]);
        assertEquals(positive, Float.floatToRawIntBits(found[1]));
        assertEquals(Integer.bitCount(positive), found[2]);
        free(data);
    }

    @Test
    void atomicsOfAllBlocksOnAllWorkers() {
        CUdeviceptr count = memory(1);
        check(JCudaDriver.cuMemsetD32(count, 0, 1));
        check(run(kernel("counted", Parameter.ADDRESS), 1000, 96, 0, at(count)));
        assertEquals(96_000, Float.floatToRawIntBits(read(count, 1)[0]));
        free(count);
    }

    /** Factors of few digits, which TF32 holds exactly. */
    @Test
    void tensorCoreProduct() {
        Random random = new Random(5);
        float[] a = new float[16 * 8];
        float[] b = new float[8 * 8];
        for (int i = 0; i < a.length; i++) {
            a[i] = random.nextInt(-500, 500) / 64f;
        }
        for (int i = 0; i < b.length; i++) {
            b[i] = random.nextInt(-500, 500) / 64f;
        }
        CUdeviceptr left = memory(a);
        CUdeviceptr right = memory(b);
        check(run(
                kernel("tile_product", Parameter.ADDRESS, Parameter.ADDRESS, Parameter.ADDRESS),
                1,
                32,
                0,
                at(left),
                at(right),
                at(y)));
        float[] found = read(y, 16 * 8);
        for (int row = 0; row < 16; row++) {
            for (int column = 0; column < 8; column++) {
                double expected = 0;
                for (int k = 0; k < 8; k++) {
                    expected += a[row * 8 + k] * (double) b[k * 8 + column];
                }
                assertEquals(expected, found[row * 8 + column], 1e-4);
            }
        }
        free(left, right);
    }

    @Test
    void asynchronousCopiesArriveAtTheWait() {
        check(run(kernel("awaited_copy", TWO), 1, 64, 0, at(x), at(y)));
        float[] found = read(y, 64);
        for (int i = 0; i < 64; i++) {
            assertEquals(i % 2 == 0 ? i + 1 : 0, found[i]);
        }
        check(run(kernel("unawaited_copy", TWO), 1, 64, 0, at(x), at(y)));
        assertTrue(Float.isNaN(read(y, 64)[0]));
    }
}
