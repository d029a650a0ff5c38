package dev.backlight.kernels.common;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The numbers 0 … count−1, dealt out in a run of neighbours for each thread. Loops of equal length give a thread the same
 * numbers each time, but for what others take from it, so that it finds in its own caches much of what it wrote in the loop
 * before: where cores do not all share a cache, layers wait for what another core wrote (docs/performance-limits.md). A
 * thread that has none left takes the last number of another's run, so that none is idle while there is work.
 */
final class Shares {
    /** Longs from one run to the next, and before the first: two cache lines, which are fetched in pairs. */
    private static final int STEP = 16;

    private final int runs;

    /** Of each run the number to be taken next, in the upper half, and the end. */
    private final AtomicLongArray bounds;

    Shares(int count, int threads) {
        this.runs = threads;
        this.bounds = new AtomicLongArray((threads + 1) * STEP);
        for (int i = 0; i < threads; i++) {
            long begin = (long) count * i / threads, end = (long) count * (i + 1) / threads;
            bounds.setPlain(place(i), begin << Integer.SIZE | end);
        }
    }

    /** A number that nobody has been given, or −1: the next of that thread's own, or else the last of another's. */
    int take(int thread) {
        for (int i = 0; i < runs; i++) {
            int number = takeFrom((thread + i) % runs, i == 0);
            if (number >= 0) {
                return number;
            }
        }
        return -1;
    }

    private static int place(int run) {
        return (run + 1) * STEP;
    }

    private int takeFrom(int run, boolean isOwn) {
        while (true) {
            long bound = bounds.get(place(run));
            int next = (int) (bound >>> Integer.SIZE), end = (int) bound;
            if (next >= end) {
                return -1;
            }
            if (bounds.compareAndSet(place(run), bound, isOwn ? bound + (1L << Integer.SIZE) : bound - 1)) {
                return isOwn ? next : end - 1;
            }
        }
    }
}
