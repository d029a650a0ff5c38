package dev.backlight.kernels.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunksTest {
    /** Activations of 7×7, 14×14 and 28×28 pixels among them, which once took 1, 2 and 4 chunks of very different sizes. */
    @ParameterizedTest
    @CsvSource({
        "1, 2, 16, 1",
        "4095, 2, 4096, 1",
        "25088, 2, 6272, 4",
        "50176, 2, 12544, 4",
        "100352, 2, 25088, 4",
        "1000000, 2, 31264, 32",
        "25088, 1, 25088, 1",
        "100352, 1, 25088, 4",
        "50176, 3, 8368, 6",
        "25088, 64, 4192, 6",
        "10000000, 64, 31264, 320"
    })
    void areSharedOutEvenly(int elements, int threads, int size, int chunks) {
        int found = Chunks.evenSize(elements, Chunks.LEAST, Chunks.SIZE, threads);
        assertEquals(size, found);
        assertEquals(chunks, Math.ceilDiv(elements, found));
    }

    @Test
    void areNoLargerThanAskedAndNoneIsMissing() {
        for (int elements = 0; elements < 100_000; elements += 331) {
            for (int most : new int[] {1, 16, 100, Chunks.SIZE}) {
                for (int threads : new int[] {1, 2, 3, 64}) {
                    int count = Chunks.count(elements, 10, most, threads);
                    assertTrue(Math.ceilDiv(elements, count) <= most);
                    int size = Chunks.evenSize(elements, 10, most, threads);
                    assertTrue(size % 16 == 0 && size < most + 16 && (long) size * count >= elements);
                }
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
