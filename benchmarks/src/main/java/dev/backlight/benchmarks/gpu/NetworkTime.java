package dev.backlight.benchmarks.gpu;

/**
 * What one job took.
 *
 * @param milliseconds of one run; NaN where it does not fit into the device's memory
 * @param peakBytes the most memory in use for tensors and for what kernels put down between their passes
 */
record NetworkTime(double milliseconds, long peakBytes) {
    static final NetworkTime TOO_LARGE = new NetworkTime(Double.NaN, 0);

    boolean fits() {
        return !Double.isNaN(milliseconds);
    }
}
