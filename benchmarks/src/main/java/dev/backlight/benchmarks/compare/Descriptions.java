package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Workload;

/** Headings of the tables. */
final class Descriptions {
    private Descriptions() {}

    static String of(Workload workload) {
        return workload.label() + ": "
                + switch (workload) {
                    case FORWARD -> "forward";
                    case INPUT_GRADIENT -> "forward, and the gradient of a logit to the image";
                    case RULE_STEP -> "one step of training a propagation rule";
                    case LEARNED_RULE_STEP ->
                        "the same with three logits per activation, the complement in the loss, and Adam";
                    case INTEGRATED_GRADIENTS ->
                        "integrated gradients, " + Workload.POINTS + " points, " + Workload.POINTS_AT_ONCE + " at once";
                    case MATRIX_PRODUCT -> "product of square matrices";
                };
    }
}
