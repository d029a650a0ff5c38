package dev.backlight.models.onnx.operator;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * One axis that is resized.
 *
 * @param size the elements of the result, each {@code 1/scale} apart
 * @param alignment how positions of the result lie on the original axis, by ONNX's name
 * @param start the part of the axis that is shown, from 0 to 1; for {@code tf_crop_and_resize}
 * @param end where that part ends
 */
record ResizedAxis(int from, int size, double scale, String alignment, double start, double end) {
    /** Where an element of the result lies on the original axis. */
    double position(int i) {
        return switch (alignment) {
            case "half_pixel" -> (i + 0.5) / scale - 0.5;
            case "half_pixel_symmetric" -> {
                double adjustment = size / (scale * from);
                yield from / 2.0 * (1 - adjustment) + (i + 0.5) / scale - 0.5;
            }
            case "pytorch_half_pixel" -> size > 1 ? (i + 0.5) / scale - 0.5 : 0;
            case "tf_half_pixel_for_nn" -> (i + 0.5) / scale;
            // The length before it is rounded down, as ONNX's own tests have it.
            case "align_corners" -> size > 1 ? i * (from - 1.0) / (scale * from - 1) : 0;
            case "tf_crop_and_resize" ->
                size > 1
                        ? start * (from - 1) + i * (end - start) * (from - 1) / (size - 1)
                        : (start + end) / 2 * (from - 1);
            default -> i / scale;
        };
    }

    /** Whether an element lies outside the original axis, where a crop has a value of its own. */
    boolean isOutside(int i) {
        return alignment.equals("tf_crop_and_resize") && (position(i) < 0 || position(i) > from - 1);
    }

    /** The nearest original element of each of the result. */
    int[] nearest(String rounding) {
        int[] sources = new int[size];
        Arrays.setAll(sources, i -> inside((int) rounded(position(i), rounding)));
        return sources;
    }

    private static double rounded(double position, String rounding) {
        return switch (rounding) {
            case "floor" -> Math.floor(position);
            case "ceil" -> Math.ceil(position);
            case "round_prefer_ceil" -> Math.floor(position + 0.5);
            default -> Math.ceil(position - 0.5);
        };
    }

    /**
     * What every element of the result is a weighted sum of.
     *
     * @param sources for each tap, the original element of each of the result
     * @param weights for each tap, its share
     */
    record Taps(int[][] sources, double[][] weights) {}

    /** Between the two neighbours in proportion; beyond the ends the outermost element. */
    Taps linear() {
        return taps(2, 0, fraction -> new double[] {1 - fraction, fraction}, false);
    }

    /** Between two neighbours on each side (Keys 1981); {@code a} is the slope of the curve at distance 1. */
    Taps cubic(double a, boolean excludeOutside) {
        return taps(4, 1, fraction -> cubicWeights(fraction, a), excludeOutside);
    }

    /**
     * A matrix of {@code size × from} shares where a smaller result is smoothed first: a curve as wide as what lies between
     * two elements of the result.
     *
     * @param curve by distance, 0 from {@code radius} on
     */
    double[] smoothed(DoubleUnaryOperator curve, int radius, boolean excludeOutside) {
        double narrowing = Math.min(scale, 1);
        double reach = radius / narrowing;
        double[] matrix = new double[Limits.elements(size, from)];
        for (int i = 0; i < size; i++) {
            int first = (int) Math.ceil(position(i) - reach);
            int last = (int) Math.floor(position(i) + reach);
            double total = 0;
            for (int source = first; source <= last; source++) {
                boolean counts = !excludeOutside || source == inside(source);
                double share = counts ? curve.applyAsDouble(Math.abs(source - position(i)) * narrowing) : 0;
                matrix[i * from + inside(source)] += share;
                total += share;
            }
            for (int source = 0; source < from; source++) {
                matrix[i * from + source] /= total;
            }
        }
        return matrix;
    }

    static double triangle(double distance) {
        return Math.max(0, 1 - distance);
    }

    static double cubic(double distance, double a) {
        return distance <= 1 ? inner(distance, a) : distance < 2 ? outer(distance, a) : 0;
    }

    private static double[] cubicWeights(double t, double a) {
        return new double[] {outer(t + 1, a), inner(t, a), inner(1 - t, a), outer(2 - t, a)};
    }

    private static double inner(double distance, double a) {
        return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
    }

    private static double outer(double distance, double a) {
        return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
    }

    /** Weights by the distance from the element before a position. */
    private interface Kernel {
        double[] at(double fraction);
    }

    private Taps taps(int count, int before, Kernel kernel, boolean excludeOutside) {
        int[][] sources = new int[count][size];
        double[][] weights = new double[count][size];
        for (int i = 0; i < size; i++) {
            int below = (int) Math.floor(position(i));
            double[] shares = kernel.at(position(i) - below);
            double total = 0;
            for (int tap = 0; tap < count; tap++) {
                int source = below - before + tap;
                boolean counts = !excludeOutside || source == inside(source);
                sources[tap][i] = inside(source);
                weights[tap][i] = counts ? shares[tap] : 0;
                total += weights[tap][i];
            }
            for (int tap = 0; tap < count && excludeOutside; tap++) {
                weights[tap][i] /= total;
            }
        }
        return new Taps(sources, weights);
    }

    private int inside(int index) {
        return Math.clamp(index, 0, from - 1);
    }
}
