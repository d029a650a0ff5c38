package dev.backlight.kernels.common;

/** Division of many like elements into chunks of one fixed size, run in line when there is only one. */
public final class Chunks {
    /** Elements of a chunk: some ten microseconds of work that is bound by memory. */
    public static final int SIZE = 1 << 15;

    @FunctionalInterface
    public interface Range {
        void accept(int from, int to);
    }

    private Chunks() {}

    public static void forEach(Parallel parallel, int elements, Range range) {
        forEach(parallel, elements, SIZE, range);
    }

    public static void forEach(Parallel parallel, int elements, int size, Range range) {
        parallel.forEach(Math.ceilDiv(elements, size), i -> range.accept(i * size, Math.min(elements, (i + 1) * size)));
    }
}
