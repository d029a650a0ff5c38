package dev.backlight.attribution.metric;

import java.util.Arrays;

/**
 * One image on its way from one state to another, pixel by pixel in a given order, all channels together. States are asked
 * for with rising numbers of pixels, so each pixel is copied once.
 */
final class MaskedImage {
    private final double[] current;
    private final double[] goal;
    private final int offset;
    private final int[] order;
    private int changed;

    /**
     * @param from all images, {@code N×C×H×W} in a row
     * @param to the same images when all their pixels are changed
     * @param image which one
     */
    MaskedImage(double[] from, double[] to, int image, int elements, int[] order) {
        this.offset = image * elements;
        this.current = Arrays.copyOfRange(from, offset, offset + elements);
        this.goal = to;
        this.order = order;
    }

    /** Copies the state with the first {@code pixels} of the order changed. */
    void write(int pixels, double[] target, int position) {
        for (; changed < pixels; changed++) {
            for (int i = order[changed]; i < current.length; i += order.length) {
                current[i] = goal[offset + i];
            }
        }
        System.arraycopy(current, 0, target, position, current.length);
    }
}
