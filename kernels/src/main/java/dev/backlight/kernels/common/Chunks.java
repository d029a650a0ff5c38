package dev.backlight.kernels.common;

/** Division of many like elements into chunks of one size, run in line when there is only one. */
public final class Chunks {
    /** Elements of a chunk: some ten microseconds of work that is bound by memory. */
    public static final int SIZE = 1 << 15;

    /** Elements below which a chunk takes little longer than its handing over. */
    private static final int LEAST = 1 << 12;

    /** Chunks for each thread, where there are elements enough: one that comes late takes fewer. */
    private static final int PER_THREAD = 2;

    /** Elements of which a chunk has a multiple: whole vectors, and whole blocks of random numbers. */
    private static final int UNIT = 64;

    @FunctionalInterface
    public interface Range {
        void accept(int from, int to);
    }

    private Chunks() {}

    /** In chunks of at most {@link #SIZE} elements, as many for each thread as for any other. */
    public static void forEach(Parallel parallel, int elements, Range range) {
        forEach(parallel, elements, evenSize(elements, SIZE, parallel.threads()), range);
    }

    /** The size of chunks of at most {@code most} elements that can be shared out evenly. */
    public static int evenSize(int elements, int most, int threads) {
        int fewest = Math.ceilDiv(elements, most);
        int wanted = Math.max(fewest, threads == 1 ? 1 : Math.min(PER_THREAD * threads, elements / LEAST));
        int chunks = wanted < threads ? wanted : Math.ceilDiv(wanted, threads) * threads;
        return Math.max(1, Math.ceilDiv(Math.ceilDiv(elements, Math.max(1, chunks)), UNIT)) * UNIT;
    }

    public static void forEach(Parallel parallel, int elements, int size, Range range) {
        parallel.forEach(Math.ceilDiv(elements, size), i -> range.accept(i * size, Math.min(elements, (i + 1) * size)));
    }
}
