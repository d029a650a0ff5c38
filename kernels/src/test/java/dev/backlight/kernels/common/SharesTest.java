package dev.backlight.kernels.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SharesTest {
    @Test
    void threadsTakeTheirOwnNumbersInOrderAndThenTheLastOfOthers() {
        Shares shares = new Shares(7, 2);
        assertEquals(3, shares.take(1));
        assertEquals(0, shares.take(0));
        assertEquals(4, shares.take(1));
        assertEquals(List.of(1, 2, 6, 5), taken(shares, 0));
        assertEquals(-1, shares.take(1));
    }

    @Test
    void noNumberIsTakenFromNothing() {
        assertEquals(-1, new Shares(0, 1).take(0));
    }

    @Test
    void aThreadWithoutNumbersOfItsOwnHelpsTheOthers() {
        Shares shares = new Shares(2, 3);
        assertEquals(List.of(0, 1), taken(shares, 0).stream().sorted().toList());
    }

    /** Threads whose shares take unequal times, so that they take numbers from each other all the time. */
    @Test
    void threadsTakeEachNumberExactlyOnce() throws InterruptedException {
        int count = 20_000, threads = 4;
        for (int round = 0; round < 20; round++) {
            Shares shares = new Shares(count, threads);
            AtomicIntegerArray times = new AtomicIntegerArray(count);
            List<Thread> running = IntStream.range(0, threads)
                    .mapToObj(thread -> Thread.ofPlatform().start(() -> {
                        for (int i = shares.take(thread); i >= 0; i = shares.take(thread)) {
                            times.incrementAndGet(i);
                            for (int spin = 0; spin < thread * 20; spin++) {
                                Thread.onSpinWait();
                            }
                        }
                    }))
                    .toList();
            for (Thread thread : running) {
                thread.join();
            }
            assertTrue(IntStream.range(0, count).allMatch(i -> times.get(i) == 1));
        }
    }

    private static List<Integer> taken(Shares shares, int thread) {
        List<Integer> taken = new ArrayList<>();
        for (int i = shares.take(thread); i >= 0; i = shares.take(thread)) {
            taken.add(i);
        }
        return taken;
    }
}
