package dev.backlight.benchmarks.contest;

import java.util.Locale;
import java.util.Map;

/** Whether two contestants computed the same, which is asked before anything is timed. */
public final class Agreement {
    private Agreement() {}

    /** The largest ‖a − b‖ / ‖b‖ over the results that may be found in F32 between two ways of computing the same. */
    public static double tolerance(Workload workload) {
        return switch (workload) {
            case FORWARD, MATRIX_PRODUCT -> 1e-3;
            // a rectifier whose input rounding moves across 0 changes whole paths
            case INPUT_GRADIENT, INTEGRATED_GRADIENTS -> 5e-3;
            case RULE_STEP, LEARNED_RULE_STEP -> 2e-2;
        };
    }

    /**
     * The largest relative difference, in the Euclidean norm, of any result; not a number where one of them is none.
     *
     * @throws IllegalStateException when results are missing or of another size
     */
    public static double difference(String who, Map<String, float[]> found, Map<String, float[]> expected) {
        if (!found.keySet().equals(expected.keySet())) {
            throw new IllegalStateException(
                    who + " gave the results " + found.keySet() + ", but expected " + expected.keySet());
        }
        double worst = 0;
        for (Map.Entry<String, float[]> entry : found.entrySet()) {
            float[] wanted = expected.getOrDefault(entry.getKey(), new float[0]);
            double distance = distance(who, entry.getKey(), entry.getValue(), wanted);
            worst = Double.isNaN(distance) ? distance : Math.max(worst, distance);
        }
        return worst;
    }

    /** Requires results within the tolerance of others, and gives their difference. */
    public static double require(
            Workload workload, String who, Map<String, float[]> found, Map<String, float[]> expected) {
        double difference = difference(who, found, expected);
        require(workload, who, difference);
        return difference;
    }

    /**
     * Requires a difference within the tolerance.
     *
     * @throws IllegalStateException when it is larger, or not a number
     */
    public static void require(Workload workload, String who, double difference) {
        if (!(difference <= tolerance(workload))) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "%s differs by %.2e of the norm, more than %.0e: the comparison would be of different work",
                    who,
                    difference,
                    tolerance(workload)));
        }
    }

    private static double distance(String who, String what, float[] found, float[] expected) {
        if (found.length != expected.length) {
            throw new IllegalStateException(
                    who + " gave " + found.length + " numbers for " + what + ", but expected " + expected.length);
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < found.length; i++) {
            double d = (double) found[i] - expected[i];
            difference += d * d;
            norm += (double) expected[i] * expected[i];
        }
        return difference == 0 ? 0 : Math.sqrt(difference / norm);
    }
}
