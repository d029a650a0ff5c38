package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Workload;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which cells are measured: what was named, for every workload; what the tables of a workload show where nothing was.
 *
 * @param namedNetworks empty where none was named
 * @param namedBatches empty where none was named
 */
record Selection(
        List<String> namedNetworks, List<Integer> namedBatches, List<Integer> matrices, int side, int threads) {
    /** What {@link #networks} does, for people. */
    static final String DEFAULT_NETWORKS =
            "Where none is named: resnet18,resnet50,vgg16,densenet121, the first two for LPR-full, the first for IG.";

    /** What {@link #batches} does, for people. */
    static final String DEFAULT_BATCHES = "Where none is named: 1,8, and 1 for LPR-full and IG.";

    private static final List<String> NETWORKS = List.of("resnet18", "resnet50", "vgg16", "densenet121");
    private static final List<Integer> BATCHES = List.of(1, 8);

    List<Job> jobs(List<Workload> workloads) {
        return workloads.stream().flatMap(this::jobs).toList();
    }

    private Stream<Job> jobs(Workload workload) {
        return workload == Workload.MATRIX_PRODUCT
                ? matrices.stream().map(size -> new Job(workload, "" + size, 1, 1, threads))
                : networks(workload).stream()
                        .flatMap(network -> batches(workload).stream()
                                .map(batch -> new Job(workload, network, batch, side, threads)));
    }

    List<String> networks(Workload workload) {
        if (!namedNetworks.isEmpty()) {
            return namedNetworks;
        }
        return switch (workload) {
            case LEARNED_RULE_STEP -> NETWORKS.subList(0, 2);
            case INTEGRATED_GRADIENTS -> NETWORKS.subList(0, 1);
            default -> NETWORKS;
        };
    }

    private List<Integer> batches(Workload workload) {
        if (!namedBatches.isEmpty()) {
            return namedBatches;
        }
        return switch (workload) {
            case LEARNED_RULE_STEP, INTEGRATED_GRADIENTS -> BATCHES.subList(0, 1);
            default -> BATCHES;
        };
    }
}
