package dev.backlight.attribution.render;

import java.util.List;

/**
 * A table of colours from position 0 to position 1, equal steps of which look about equally large. Defined by hue and
 * chroma at a few control points in OKLab, with lightness exactly linear in the position (sequential) or exactly
 * symmetric about the middle (diverging), so that a map read as a grey picture still orders its values rightly.
 */
public final class ColourMap {
    /** The colour of cells without a number (NaN), told apart from every colour of the maps by its flat grey. */
    public static final int NO_DATA = 0x808080;

    /** For maps without sign: from near black over violet, red and orange to pale yellow. */
    public static final ColourMap SEQUENTIAL = sequential();

    /** For signed maps: negative blue, zero a neutral near-white (equal red, green and blue), positive red. */
    public static final ColourMap DIVERGING = diverging();

    /** Odd, so that the middle of a diverging map is an entry of the table and not a blend of two. */
    private static final int SIZE = 511;

    private final String name;
    private final int[] table;

    private ColourMap(String name, int[] table) {
        this.name = name;
        this.table = table;
    }

    /**
     * The map that results mention as {@code name}.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static ColourMap named(String name) {
        for (ColourMap map : List.of(SEQUENTIAL, DIVERGING)) {
            if (map.name.equals(name)) {
                return map;
            }
        }
        throw new IllegalArgumentException("There is no colour map \"" + name + "\", only sequential and diverging.");
    }

    /** The name under which results mention this map. */
    public String name() {
        return name;
    }

    /**
     * The colour at a position.
     *
     * @param position in 0..1, clamped to it; NaN gives {@link #NO_DATA}
     * @return 24-bit sRGB, {@code 0xRRGGBB}
     */
    public int rgb(double position) {
        if (Double.isNaN(position)) {
            return NO_DATA;
        }
        return table[(int) Math.round(Math.clamp(position, 0, 1) * (SIZE - 1))];
    }

    private static ColourMap sequential() {
        // Hue runs on past 360° so that it turns one way only: indigo, violet, crimson, orange, yellow.
        double[] hue = {285, 303, 345, 388, 418, 450, 468};
        double[] chroma = {0.03, 0.13, 0.17, 0.18, 0.155, 0.14, 0.09};
        int[] table = new int[SIZE];
        for (int i = 0; i < SIZE; i++) {
            double t = i / (SIZE - 1.0);
            double lightness = 0.14 + (0.97 - 0.14) * t;
            table[i] = OkLab.ofLch(lightness, spline(chroma, t), spline(hue, t)).toRgb();
        }
        return new ColourMap("sequential", table);
    }

    private static ColourMap diverging() {
        double[] blueHue = {235, 248, 258, 262};
        double[] redHue = {48, 36, 28, 24};
        double[] chroma = {0, 0.10, 0.16, 0.13};
        int[] table = new int[SIZE];
        int middle = SIZE / 2;
        for (int i = 0; i < SIZE; i++) {
            double strength = Math.abs(i - middle) / (double) middle;
            double lightness = 0.97 - (0.97 - 0.36) * strength;
            double hue = spline(i < middle ? blueHue : redHue, strength);
            table[i] = OkLab.ofLch(lightness, spline(chroma, strength), hue).toRgb();
        }
        return new ColourMap("diverging", table);
    }

    /** Catmull–Rom through equally spaced control points, {@code t} in 0..1. */
    private static double spline(double[] points, double t) {
        double at = t * (points.length - 1);
        int i = Math.min((int) at, points.length - 2);
        double f = at - i;
        double p1 = points[i];
        double p2 = points[i + 1];
        double p0 = i > 0 ? points[i - 1] : 2 * p1 - p2;
        double p3 = i + 2 < points.length ? points[i + 2] : 2 * p2 - p1;
        return p1 + 0.5 * f * (p2 - p0 + f * (2 * p0 - 5 * p1 + 4 * p2 - p3 + f * (3 * (p1 - p2) + p3 - p0)));
    }
}
