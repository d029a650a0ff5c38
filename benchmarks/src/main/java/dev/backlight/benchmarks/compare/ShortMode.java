package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Workload;
import java.util.List;

/** Small jobs that take every contestant through everything it can do, and compare the results, in two minutes or so. */
final class ShortMode {
    private static final int SIDE = 64;

    /** For jobs in which, at the other side, rounding in F32 moves a rectifier's input across 0 in one contestant alone. */
    private static final int OTHER_SIDE = 96;

    private static final int THREADS = 2;

    /** Done by Backlight on two threads and on one, as {@link SecondThread} has it. */
    static final Job OF_THREADS = network(Workload.FORWARD, "resnet18");

    private ShortMode() {}

    static List<Job> jobs() {
        return List.of(
                network(Workload.FORWARD, "densenet121"),
                network(Workload.FORWARD, "resnet18"),
                network(Workload.INPUT_GRADIENT, "resnet50"),
                network(Workload.RULE_STEP, "resnet18"),
                network(Workload.LEARNED_RULE_STEP, "resnet18", OTHER_SIDE),
                network(Workload.INTEGRATED_GRADIENTS, "resnet18"),
                new Job(Workload.MATRIX_PRODUCT, "256", 1, 1, THREADS));
    }

    private static Job network(Workload workload, String name) {
        return network(workload, name, SIDE);
    }

    private static Job network(Workload workload, String name, int side) {
        return new Job(workload, name, 2, side, THREADS);
    }
}
