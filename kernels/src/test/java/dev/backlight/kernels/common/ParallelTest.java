package dev.backlight.kernels.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class ParallelTest {
    @Test
    void everyChunkRunsExactlyOnce() {
        try (Parallel parallel = new Parallel(3)) {
            assertEveryChunkRunsOnce(parallel);
        }
    }

    @Test
    void chunksRunAtTheSameTimeOnAllThreads() {
        try (Parallel parallel = new Parallel(3)) {
            CountDownLatch together = new CountDownLatch(3);
            Set<Thread> seen = ConcurrentHashMap.newKeySet();
            parallel.forEach(3, i -> {
                seen.add(Thread.currentThread());
                together.countDown();
                assertTrue(awaitOrFail(together));
            });
            assertEquals(3, seen.size());
            assertTrue(seen.contains(Thread.currentThread()));
        }
    }

    @Test
    void nestedLoopsRunInLine() {
        try (Parallel parallel = new Parallel(2)) {
            AtomicIntegerArray calls = new AtomicIntegerArray(1);
            parallel.forEach(8, i -> {
                Thread outer = Thread.currentThread();
                parallel.forEach(8, j -> {
                    assertSame(outer, Thread.currentThread());
                    calls.incrementAndGet(0);
                });
            });
            assertEquals(64, calls.get(0));
        }
    }

    @Test
    void theFirstExceptionReachesTheCallerAndThePoolStaysUsable() {
        try (Parallel parallel = new Parallel(2)) {
            IllegalStateException thrown = new IllegalStateException("chunk 5");
            assertSame(
                    thrown,
                    assertThrows(
                            IllegalStateException.class,
                            () -> parallel.forEach(64, i -> {
                                if (i == 5) {
                                    throw thrown;
                                }
                            })));
            assertEveryChunkRunsOnce(parallel);
        }
    }

    @Test
    void threadsEndWithTheLastReferenceToThem() throws InterruptedException {
        Thread helper = helperOfForgottenThreads();
        for (int i = 0; i < 100 && helper.isAlive(); i++) {
            System.gc();
            helper.join(Duration.ofMillis(100));
        }
        assertFalse(helper.isAlive());
    }

    private static Thread helperOfForgottenThreads() {
        CountDownLatch together = new CountDownLatch(2);
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        new Parallel(2).forEach(2, i -> {
            seen.add(Thread.currentThread());
            together.countDown();
            assertTrue(awaitOrFail(together));
        });
        seen.remove(Thread.currentThread());
        return seen.iterator().next();
    }

    @Test
    void zeroThreadsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Parallel(0));
    }

    private static void assertEveryChunkRunsOnce(Parallel parallel) {
        for (int chunks : new int[] {0, 1, 2, 3, 100}) {
            AtomicIntegerArray calls = new AtomicIntegerArray(chunks);
            parallel.forEach(chunks, calls::incrementAndGet);
            for (int i = 0; i < chunks; i++) {
                assertEquals(1, calls.get(i));
            }
        }
    }

    private static boolean awaitOrFail(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
