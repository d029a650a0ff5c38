package dev.backlight.benchmarks.compare;

/**
 * What one primitive of a network took.
 *
 * @param path of the layer that asked for it
 * @param what it computed, with shapes
 * @param flop floating-point operations; a multiply-add is two
 * @param bytes of its operands and its output, each counted once
 * @param milliseconds the median over the runs
 */
public record LayerTime(String path, String what, double flop, double bytes, double milliseconds) {
    double gigaflops() {
        return flop / milliseconds / 1e6;
    }

    double gigabytes() {
        return bytes / milliseconds / 1e6;
    }
}
