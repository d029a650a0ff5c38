package dev.backlight.benchmarks;

import java.util.SplittableRandom;

/** Input values for benchmarks. */
final class Samples {
    private Samples() {}

    /** Uniform on [−½, ½). */
    static float[] uniform(SplittableRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-0.5, 0.5);
        }
        return values;
    }
}
