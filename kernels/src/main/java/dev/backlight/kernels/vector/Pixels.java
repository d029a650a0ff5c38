package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Pixels of images in channel blocks, each of them a vector. */
final class Pixels {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;

    private Pixels() {}

    /** Copies pixels that lie {@code step} elements apart to places that lie {@code toStep} apart. */
    static void copy(float[] source, int from, int step, int count, float[] to, int at, int toStep) {
        int x = from, y = at;
        for (int i = 0; i < count; i++) {
            FloatVector.fromArray(S, source, x).intoArray(to, y);
            x += step;
            y += toStep;
        }
    }
}
