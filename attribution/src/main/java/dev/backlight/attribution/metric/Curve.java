package dev.backlight.attribution.metric;

import java.util.Arrays;

/**
 * The target's probability while pixels are changed, from none to all in equal steps.
 *
 * @param scores n + 1 of them, the untouched start included
 */
public record Curve(double[] scores) {
    /** The area under the curve by the trapezium rule: {@code (Σs − s₀/2 − sₙ/2)/n}. */
    public double area() {
        int n = scores.length - 1;
        return (Arrays.stream(scores).sum() - scores[0] / 2 - scores[n] / 2) / n;
    }
}
