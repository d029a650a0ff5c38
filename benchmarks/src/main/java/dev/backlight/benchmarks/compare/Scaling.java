package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Measures how Backlight's time and memory grow, and rewrites the page. Argument, optional: the folder for the figures. */
public final class Scaling {
    private static final List<Workload> WORKLOADS = List.of(Workload.FORWARD, Workload.RULE_STEP);
    private static final int THREADS = 2;
    private static final int SIDE = 224;
    private static final int RUNS = 5;

    /** ResNet-18 at rising numbers of images. */
    static final List<Job> BATCHES = vary(List.of(1, 2, 4, 8, 16, 32, 64), Scaling::ofBatch);

    /** ResNet-18 at rising sizes of the image. */
    static final List<Job> SIDES = vary(List.of(64, 128, 224, 256, 512, 1024), Scaling::ofSide);

    /** Residual networks of rising depth. */
    static final List<Job> DEPTHS = vary(List.of(18, 34, 50, 101, 152), Scaling::ofDepth);

    @FunctionalInterface
    private interface Variation {
        Job of(Workload workload, int value);
    }

    private Scaling() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path standard = Path.of(System.getProperty("backlight.root", "."), "docs", "performance");
        Figures figures = new Figures(arguments.length > 0 ? Path.of(arguments[0]) : standard);
        for (Job job : jobs()) {
            Optional<Alone> found = Alones.measure(job, Contestants.BACKLIGHT, RUNS);
            if (found.isPresent()) {
                figures.add(found.get());
                System.out.println(Lines.of(job, found.get()));
            }
        }
        new PerformancePage(figures).write();
    }

    static Set<Job> jobs() {
        Set<Job> jobs = new LinkedHashSet<>(BATCHES);
        jobs.addAll(SIDES);
        jobs.addAll(DEPTHS);
        return jobs;
    }

    static boolean varies(Job job, List<Job> jobs) {
        return jobs.contains(job);
    }

    private static List<Job> vary(List<Integer> values, Variation variation) {
        List<Job> jobs = new ArrayList<>();
        for (Workload workload : WORKLOADS) {
            values.forEach(value -> jobs.add(variation.of(workload, value)));
        }
        return List.copyOf(jobs);
    }

    private static Job ofBatch(Workload workload, int batch) {
        return new Job(workload, "resnet18", batch, SIDE, THREADS);
    }

    private static Job ofSide(Workload workload, int side) {
        return new Job(workload, "resnet18", 1, side, THREADS);
    }

    private static Job ofDepth(Workload workload, int depth) {
        return new Job(workload, "resnet" + depth, 1, SIDE, THREADS);
    }
}
