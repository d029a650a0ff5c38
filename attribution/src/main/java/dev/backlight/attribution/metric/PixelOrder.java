package dev.backlight.attribution.metric;

import java.util.Arrays;

/** Pixels by falling relevance, ties by rising index. */
final class PixelOrder {
    private static final long LOW = 0xFFFFFFFFL;

    private PixelOrder() {}

    /** Indices into {@code relevance}, the most relevant first; NaN counts as most relevant, as {@link Float#compare} has it. */
    static int[] descending(float[] relevance) {
        long[] keys = new long[relevance.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (long) ~sortable(relevance[i]) << Integer.SIZE | i;
        }
        Arrays.sort(keys);
        int[] order = new int[keys.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = (int) (keys[i] & LOW);
        }
        return order;
    }

    /** An integer that orders as the float does; −0 and 0 are one, and so are all NaNs. */
    private static int sortable(float value) {
        int bits = Float.floatToIntBits(value + 0f);
        return bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
    }
}
