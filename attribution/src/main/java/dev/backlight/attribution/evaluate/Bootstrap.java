package dev.backlight.attribution.evaluate;

import dev.backlight.attribution.rule.Percentile;
import dev.backlight.engine.backend.Philox;
import java.util.Arrays;

/**
 * Percentile bootstrap of a mean (Efron 1979): its 2.5th and 97.5th percentiles over samples drawn from the values with
 * replacement. Which values are drawn depends on the seed and their number alone.
 */
public record Bootstrap(int resamples, long seed) {
    private static final int WORDS = 4;

    /** 2,000 resamples. */
    public static Bootstrap standard(long seed) {
        return new Bootstrap(2000, seed);
    }

    /** The mean of some values, NaN of none. */
    public Interval mean(double[] values) {
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        if (values.length == 0) {
            return new Interval(mean, mean, mean);
        }
        double[] means = new double[resamples];
        int[] words = new int[WORDS];
        long drawn = 0;
        for (int r = 0; r < resamples; r++) {
            double sum = 0;
            for (int i = 0; i < values.length; i++, drawn++) {
                int word = (int) (drawn % WORDS);
                if (word == 0) {
                    Philox.block(seed, drawn / WORDS, words);
                }
                sum += values[(int) ((Integer.toUnsignedLong(words[word]) * values.length) >>> Integer.SIZE)];
            }
            means[r] = sum / values.length;
        }
        return new Interval(mean, Percentile.of(means, 2.5), Percentile.of(means, 97.5));
    }
}
