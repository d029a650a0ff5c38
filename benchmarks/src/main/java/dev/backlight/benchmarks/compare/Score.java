package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Contestant;
import java.util.List;

/**
 * What one contestant achieved in one cell.
 *
 * @param version library and version
 * @param difference of its results from Backlight's, relative to their norm; in a cell whose contestants do not agree, from
 *     those in double precision, Backlight's own too
 * @param milliseconds per run, one number per round
 */
public record Score(String contestant, String version, double difference, List<Double> milliseconds) {
    static Score of(Contestant contestant, double difference, List<Double> milliseconds) {
        return new Score(contestant.name(), contestant.version(), difference, milliseconds);
    }

    /** The median over the rounds. */
    public double median() {
        return Statistics.median(milliseconds);
    }
}
