package dev.backlight.attribution.render.report;

import java.util.Locale;

/** Numbers as a reader wants them. */
final class Figures {
    private Figures() {}

    /** A probability, such as {@code 87.3 %}; very small ones as {@code < 0.1 %}. */
    static String percent(double probability) {
        if (Double.isNaN(probability)) {
            return "not a number";
        }
        return probability > 0 && probability < 0.0005
                ? "< 0.1 %"
                : String.format(Locale.ROOT, "%.1f %%", 100 * probability);
    }

    /** To {@code digits} places, with a real minus sign; tiny and huge ones with an exponent. */
    static String number(double value, int digits) {
        if (Double.isNaN(value)) {
            return "not a number";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "∞" : "−∞";
        }
        double magnitude = Math.abs(value);
        boolean plain = magnitude == 0 || (magnitude >= Math.pow(10, -digits) && magnitude < 1e6);
        return String.format(Locale.ROOT, "%." + (plain ? digits : 2) + (plain ? "f" : "e"), value)
                .replace('-', '−');
    }

    /** A time span, such as {@code 34 ms}, {@code 2.41 s} or {@code 3 min 05 s}. */
    static String seconds(double seconds) {
        if (!Double.isFinite(seconds)) {
            return number(seconds, 0);
        }
        if (seconds < 0.9995) {
            return String.format(Locale.ROOT, seconds < 0.00995 ? "%.1f ms" : "%.0f ms", 1000 * seconds);
        }
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.2f s", seconds);
        }
        long whole = Math.round(seconds);
        return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
    }
}
