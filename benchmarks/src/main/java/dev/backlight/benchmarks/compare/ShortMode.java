package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Workload;
import java.util.List;

/** Small jobs that take every contestant through everything it can do, and compare the results, in about a minute. */
final class ShortMode {
    private static final int SIDE = 64;
    private static final int THREADS = 2;

    private ShortMode() {}

    static List<Job> jobs() {
        return List.of(
                network(Workload.FORWARD, "densenet121"),
                network(Workload.FORWARD, "resnet18"),
                network(Workload.INPUT_GRADIENT, "resnet50"),
                network(Workload.RULE_STEP, "resnet18"),
                network(Workload.LEARNED_RULE_STEP, "resnet18"),
                network(Workload.INTEGRATED_GRADIENTS, "resnet18"),
                new Job(Workload.MATRIX_PRODUCT, "256", 1, 1, THREADS));
    }

    private static Job network(Workload workload, String name) {
        return new Job(workload, name, 2, SIDE, THREADS);
    }
}
