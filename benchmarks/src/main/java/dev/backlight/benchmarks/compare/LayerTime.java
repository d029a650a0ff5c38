package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.PrimitiveWork;

/**
 * What one primitive of a network took.
 *
 * @param path of its layer, empty for what stands between layers
 * @param milliseconds the median over the runs
 * @param aloneMilliseconds the same on one thread
 */
public record LayerTime(String path, PrimitiveWork work, double milliseconds, double aloneMilliseconds) {
    /** What was measured with as many threads as there are. */
    static LayerTime of(String path, PrimitiveWork work, double milliseconds) {
        return new LayerTime(path, work, milliseconds, milliseconds);
    }

    /** The same beside what it took on one thread. */
    LayerTime beside(LayerTime alone) {
        return new LayerTime(path, work, milliseconds, alone.milliseconds);
    }

    /** How many times as fast all threads are. */
    double speedup() {
        return aloneMilliseconds / milliseconds;
    }

    double gigaflops() {
        return work.flop() / milliseconds / 1e6;
    }

    double gigabytes() {
        return work.bytes() / milliseconds / 1e6;
    }
}
