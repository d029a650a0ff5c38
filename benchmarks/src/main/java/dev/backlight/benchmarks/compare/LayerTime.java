package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.PrimitiveWork;

/**
 * What one primitive of a network took.
 *
 * @param path of its layer, empty for what stands between layers
 * @param milliseconds the median over the runs
 */
public record LayerTime(String path, PrimitiveWork work, double milliseconds) {
    double gigaflops() {
        return work.flop() / milliseconds / 1e6;
    }

    double gigabytes() {
        return work.bytes() / milliseconds / 1e6;
    }
}
