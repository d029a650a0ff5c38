package dev.backlight.kernels.common;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The numbers 0 … count−1, dealt out in a run of neighbours for each thread. Loops of equal length give a thread the same numbers
 * each time, so that it finds in its own caches much of what it wrote in the loop before: on machines whose cores do not all share
 * a cache, reading what another core wrote takes several times as long. A thread that has none left takes the last number of
 * another's run, so that none is idle while there is work.
 */
final class Shares {
    /** Longs from one run to the next: two cache lines, which are fetched in pairs. */
    private static final int STEP = 16;

    private final int runs;

    /** Of each run the number to be taken next, in the upper half, and the end. */
    private final AtomicLongArray bounds;

    Shares(int count, int threads) {
        this.runs = threads;
        this.bounds = new AtomicLongArray(threads * STEP);
        for (int i = 0; i < threads; i++) {
            long begin = (long) count * i / threads, end = (long) count * (i + 1) / threads;
            bounds.setPlain(i * STEP, begin << Integer.SIZE | end);
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

    private int takeFrom(int run, boolean isOwn) {
        while (true) {
            long bound = bounds.get(run * STEP);
            int next = (int) (bound >>> Integer.SIZE), end = (int) bound;
            if (next >= end) {
                return -1;
            }
            if (bounds.compareAndSet(run * STEP, bound, isOwn ? bound + (1L << Integer.SIZE) : bound - 1)) {
                return isOwn ? next : end - 1;
            }
        }
    }
}
