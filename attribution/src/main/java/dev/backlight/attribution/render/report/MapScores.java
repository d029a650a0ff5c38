package dev.backlight.attribution.render.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known about the quality of a map; null where it was not measured or makes no sense for the method.
 *
 * @param insertion class probability while the most relevant pixels appear
 * @param deletion class probability while the most relevant pixels disappear
 * @param completenessResidual by how much the map's sum misses what a complete method must sum to, relative to it
 * @param trainingLoss of a learned rule, one value per step
 */
public record MapScores(
        @Nullable Curve insertion,
        @Nullable Curve deletion,
        @Nullable Double completenessResidual,
        @Nullable List<Double> trainingLoss) {
    /** Nothing was measured. */
    public static final MapScores NONE = new MapScores(null, null, null, null);

    public MapScores {
        trainingLoss = trainingLoss == null ? null : List.copyOf(trainingLoss);
    }

    /**
     * Probability of the target class over the fraction of pixels changed.
     *
     * @param fractions in 0..1, rising
     * @param probabilities one per fraction
     * @param area under the curve
     */
    public record Curve(List<Double> fractions, List<Double> probabilities, double area) {
        public Curve {
            fractions = List.copyOf(fractions);
            probabilities = List.copyOf(probabilities);
            if (fractions.size() != probabilities.size() || fractions.isEmpty()) {
                throw new IllegalArgumentException(
                        "A curve has %d fractions and %d probabilities; give as many of both, and at least one."
                                .formatted(fractions.size(), probabilities.size()));
            }
        }
    }
}
