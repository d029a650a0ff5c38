package dev.backlight.attribution.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Round values at which an axis or a colour bar is labelled. */
public final class Ticks {
    private Ticks() {}

    /** A value and how it is written. */
    public record Tick(double value, String label) {}

    /**
     * Two to six values at multiples of 1, 2 or 5 times a power of ten.
     *
     * @param low finite
     * @param high finite and above {@code low}
     */
    public static List<Tick> between(double low, double high) {
        double step = step(high - low);
        List<Tick> ticks = new ArrayList<>();
        long first = (long) Math.ceil(low / step - 1e-9);
        long last = (long) Math.floor(high / step + 1e-9);
        for (long i = first; i <= last; i++) {
            ticks.add(new Tick(i * step, label(i * step, step)));
        }
        return List.copyOf(ticks);
    }

    /** The largest of 1, 2 or 5 times a power of ten that leaves three ticks or more, so that labels have room. */
    private static double step(double span) {
        double most = span / 2.2;
        double power = Math.pow(10, Math.floor(Math.log10(most)));
        double scaled = most / power;
        return power * (scaled >= 5 ? 5 : scaled >= 2 ? 2 : 1);
    }

    /** Just as many digits as tell multiples of {@code step} apart; an exponent where those would be mostly zeros. */
    private static String label(double value, double step) {
        if (Math.abs(value) < step / 2) {
            return "0";
        }
        int stepExponent = exponent(step);
        int valueExponent = exponent(value);
        String text = stepExponent < -3 || valueExponent > 4
                ? String.format(Locale.ROOT, "%." + (valueExponent - stepExponent) + "e", value)
                        .replaceFirst("e([+-])0*", "e$1")
                        .replace("e+", "e")
                : String.format(Locale.ROOT, "%." + Math.max(0, -stepExponent) + "f", value);
        return text.replace('-', '−');
    }

    private static int exponent(double value) {
        return (int) Math.floor(Math.log10(Math.abs(value)) + 1e-9);
    }
}
