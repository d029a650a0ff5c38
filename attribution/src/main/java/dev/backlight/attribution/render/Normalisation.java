package dev.backlight.attribution.render;

import java.util.Arrays;

/**
 * How the numbers of a map become positions on a {@link ColourMap}.
 *
 * <ul>
 *   <li>Unsigned: 0 is position 0, and the {@code percentile} of the finite values is position 1; negative values show
 *       as 0 and larger ones as 1.
 *   <li>Signed: the {@code percentile} of the finite magnitudes is position 1, its negative position 0, and a zero is
 *       exactly ½.
 * </ul>
 *
 * <p>Degenerate maps: NaN stays NaN and is drawn as "no data" (and is transparent in an overlay); an infinity sits at the
 * end of its sign and takes no part in the percentile. Where the percentile is 0 but some value is not (a map with few
 * active cells), the largest finite value takes its place. A map without any non-zero finite value has limit 0: its
 * finite cells all show as zero, and {@link Range#flat} is true so that captions can say so.
 *
 * @param signed whether the sign of a value matters
 * @param percentile in (0, 100]: where the colours end; below 100 so that single outliers do not darken the rest
 */
public record Normalisation(boolean signed, double percentile) {
    private static final double USUAL_PERCENTILE = 99.5;

    public Normalisation {
        if (!(percentile > 0 && percentile <= 100)) {
            throw new IllegalArgumentException(
                    "The percentile of a normalisation is %s, but must lie above 0 and at most at 100."
                            .formatted(percentile));
        }
    }

    /** Unsigned, ended at the 99.5th percentile. */
    public static Normalisation unsigned() {
        return new Normalisation(false, USUAL_PERCENTILE);
    }

    /** Signed, ended at the 99.5th percentile of the magnitudes. */
    public static Normalisation signedSymmetric() {
        return new Normalisation(true, USUAL_PERCENTILE);
    }

    /** Signed if any value of {@code field} is below zero, otherwise unsigned. */
    public static Normalisation fitting(ScalarField field) {
        for (float value : field.values()) {
            if (value < 0) {
                return signedSymmetric();
            }
        }
        return unsigned();
    }

    /** The colour map meant for it. */
    public ColourMap colourMap() {
        return signed ? ColourMap.DIVERGING : ColourMap.SEQUENTIAL;
    }

    /** The range of values that the colours cover for this map. */
    public Range range(ScalarField field) {
        float[] values = field.values();
        float[] magnitudes = new float[values.length];
        int count = 0;
        for (float value : values) {
            if (Float.isFinite(value)) {
                magnitudes[count++] = signed ? Math.abs(value) : Math.max(value, 0);
            }
        }
        if (count == 0) {
            return new Range(signed, 0);
        }
        Arrays.sort(magnitudes, 0, count);
        double limit = percentileOf(magnitudes, count);
        return new Range(signed, limit > 0 ? limit : magnitudes[count - 1]);
    }

    /** Linear between the two nearest ranks, as numpy.percentile does. */
    private double percentileOf(float[] sorted, int count) {
        double rank = percentile / 100 * (count - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, count - 1);
        return sorted[below] + (rank - below) * ((double) sorted[above] - sorted[below]);
    }

    /**
     * Values from {@code low()} to {@code high()}, spread over the positions 0 to 1.
     *
     * @param signed whether it reaches as far below zero as above
     * @param high the value at position 1, at least 0
     */
    public record Range(boolean signed, double high) {

        /** The value at position 0. */
        public double low() {
            return signed ? -high : 0;
        }

        /** Whether there is nothing to show: every finite value shows as zero. */
        public boolean flat() {
            return high == 0;
        }

        /** The position of a value, in 0..1; NaN for NaN. */
        public double position(double value) {
            if (Double.isNaN(value)) {
                return Double.NaN;
            }
            double ratio = flat() ? (Double.isInfinite(value) ? Math.signum(value) : 0) : value / high;
            return signed ? (Math.clamp(ratio, -1, 1) + 1) / 2 : Math.clamp(ratio, 0, 1);
        }

        /** How far a value is from zero, in 0..1; NaN for NaN. */
        public double strength(double value) {
            double position = position(value);
            return signed ? Math.abs(2 * position - 1) : position;
        }
    }
}
