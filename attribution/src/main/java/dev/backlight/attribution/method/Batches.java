package dev.backlight.attribution.method;

import dev.backlight.engine.shape.Shape;
import java.util.function.IntPredicate;

/** How many images go through a network at once. */
public final class Batches {
    /** In place of a batch size: as many as {@link #fitting} says for the images at hand. */
    public static final int FITTING = 0;

    private static final int MOST = 64;
    private static final long PIXELS = 8L * 224 * 224;

    private Batches() {}

    /**
     * 64 small images, and fewer the larger they are: 8 of 224×224. The activations of a batch take memory in proportion to
     * its pixels; VGG-16 or ResNet-50 keep some 0.1 GB per image of 224×224 for a backward pass, so 8 of them take about 1
     * GB where 64 would take many.
     */
    public static int fitting(int height, int width) {
        return Math.clamp(PIXELS / Math.max(1L, (long) height * width), 1, MOST);
    }

    /** The first of {@code most}, most/2, most/4, … that fits, or 1. */
    public static int halved(int most, IntPredicate fits) {
        int size = most;
        while (size > 1 && !fits.test(size)) {
            size = size / 2;
        }
        return size;
    }

    /** The batch size itself, or what fits images {@code …×H×W} where it is {@link #FITTING}. */
    public static int of(int batchSize, Shape images) {
        int rank = images.rank();
        return batchSize != FITTING || rank < 2
                ? Math.max(1, batchSize)
                : fitting(images.size(rank - 2), images.size(rank - 1));
    }
}
