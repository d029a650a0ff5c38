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
            case RULE_STEP -> 2e-2;
        };
    }

    /**
     * The largest relative difference, in the Euclidean norm, of any result.
     *
     * @throws IllegalStateException when results are missing, of another size, not numbers, or further apart than the
     *     tolerance
     */
    public static double require(
            Workload workload, String who, Map<String, float[]> found, Map<String, float[]> expected) {
        if (!found.keySet().equals(expected.keySet())) {
            throw new IllegalStateException(
                    who + " gave the results " + found.keySet() + ", but expected " + expected.keySet());
        }
        double worst = 0;
        for (Map.Entry<String, float[]> entry : found.entrySet()) {
            float[] wanted = expected.getOrDefault(entry.getKey(), new float[0]);
            double distance = distance(who, entry.getKey(), entry.getValue(), wanted);
            // also refuses NaN
            if (!(distance <= tolerance(workload))) {
                throw new IllegalStateException(String.format(
                        Locale.ROOT,
                        "%s differs in %s by %.2e of its norm, more than %.0e: the comparison would be of different work",
                        who,
                        entry.getKey(),
                        distance,
                        tolerance(workload)));
            }
            worst = Math.max(worst, distance);
        }
        return worst;
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
