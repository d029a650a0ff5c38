package dev.backlight.kernels.common;

/** Division of many like elements into chunks of one size, run in line when there is only one. */
public final class Chunks {
    /** Most elements of a chunk: some ten microseconds of work that is bound by memory. */
    public static final int SIZE = 1 << 15;

    /** Elements that are worth being handed over to another thread. */
    public static final int LEAST = 1 << 12;

    /** Chunks for each thread, where there are elements enough: one that comes late takes fewer. */
    private static final int PER_THREAD = 2;

    /** What chunks have a multiple of: whole vectors, so whole blocks of channels and of random numbers too. */
    private static final int UNIT = 16;

    @FunctionalInterface
    public interface Range {
        void accept(int from, int to);
    }

    private Chunks() {}

    /** In chunks of at most {@link #SIZE} elements, shared out evenly. */
    public static void forEach(Parallel parallel, int elements, Range range) {
        forEach(parallel, elements, evenSize(elements, LEAST, SIZE, parallel.threads()), range);
    }

    /** In chunks of {@code size} elements, of which the last may have fewer. */
    public static void forEach(Parallel parallel, int elements, int size, Range range) {
        parallel.forEach(Math.ceilDiv(elements, size), i -> {
            int from = i * size;
            range.accept(from, from + Math.min(size, elements - from));
        });
    }

    /** The size, a multiple of 16, of as many chunks as {@link #count} gives; with that, {@code most} may be exceeded. */
    public static int evenSize(int elements, int least, int most, int threads) {
        int size = Math.ceilDiv(elements, count(elements, least, most, threads));
        return UNIT * Math.max(1, Math.ceilDiv(size, UNIT));
    }

    /**
     * How many chunks, as many for each thread where there are enough.
     *
     * @param least elements worth a chunk of their own; chunks have fewer only where {@code most} asks for that, or where their number is
     *     rounded up so that every thread has as many
     * @param most elements that a chunk has at most
     */
    public static int count(int elements, int least, int most, int threads) {
        int needed = Math.max(1, Math.ceilDiv(elements, most));
        int worthwhile = threads == 1 ? 1 : Math.min(PER_THREAD * threads, elements / Math.max(1, least));
        int wanted = Math.max(needed, worthwhile);
        return wanted < threads ? wanted : Math.ceilDiv(wanted, threads) * threads;
    }
}
