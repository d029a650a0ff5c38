package dev.backlight.kernels.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunksTest {
    /** Activations of 7×7, 14×14 and 28×28 pixels among them, which took 1, 2 and 4 chunks of very different sizes. */
    @ParameterizedTest
    @CsvSource({
        "1, 64, 1",
        "4095, 4096, 1",
        "25088, 6272, 4",
        "50176, 12544, 4",
        "100352, 25088, 4",
        "1000000, 31296, 32"
    })
    void areAsManyForEachOfTwoThreads(int elements, int size, int chunks) {
        assertEquals(size, Chunks.evenSize(elements, Chunks.SIZE, 2));
        assertEquals(chunks, Math.ceilDiv(elements, size));
    }

    @Test
    void oneThreadTakesFewLargeOnes() {
        assertEquals(25088, Chunks.evenSize(25088, Chunks.SIZE, 1));
        assertEquals(4, Math.ceilDiv(100352, Chunks.evenSize(100352, Chunks.SIZE, 1)));
    }

    @Test
    void areNoLargerThanAsked() {
        for (int elements = 0; elements < 300_000; elements += 997) {
            for (int threads : new int[] {1, 2, 3, 64}) {
                assertTrue(Chunks.evenSize(elements, Chunks.SIZE, threads) <= Chunks.SIZE);
            }
        }
    }

    @Test
    void coverEachElementOnce() {
        try (Parallel parallel = new Parallel(3)) {
            for (int elements : new int[] {0, 1, 63, 64, 65, 25088, 100_003}) {
                AtomicIntegerArray visits = new AtomicIntegerArray(elements);
                Chunks.forEach(parallel, elements, (from, to) -> {
                    for (int i = from; i < to; i++) {
                        visits.incrementAndGet(i);
                    }
                });
                for (int i = 0; i < elements; i++) {
                    assertEquals(1, visits.get(i));
                }
            }
        }
    }
}
