package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Backlight;
import dev.backlight.benchmarks.contest.Contestant;
import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.OneThread;
import dev.backlight.benchmarks.contest.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Measures all cells asked for, one process each, and writes the tables from these and from earlier figures. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Measures Backlight beside its peers and writes docs/performance.md.")
public final class Compare implements Callable<Integer> {
    @Option(names = "--workloads", split = ",", description = "Of F, FG, LPR, LPR-full, IG, SGEMM.")
    List<String> workloads = List.of("F", "FG", "LPR", "LPR-full", "IG", "SGEMM");

    @Option(
            names = "--networks",
            split = ",",
            showDefaultValue = Visibility.NEVER,
            description = "Names of the zoo. " + Selection.DEFAULT_NETWORKS)
    List<String> networks = List.of();

    @Option(
            names = "--batches",
            split = ",",
            showDefaultValue = Visibility.NEVER,
            description = "Images at once. " + Selection.DEFAULT_BATCHES)
    List<Integer> batches = List.of();

    @Option(names = "--matrices", split = ",", description = "Sides of the matrices to be multiplied.")
    List<Integer> matrices = List.of(1024, 2048, 4096);

    @Option(names = "--side", description = "Side of the images.")
    int side = 224;

    @Option(names = "--threads")
    int threads = 2;

    @Option(names = "--peers", split = ",", description = "Only these; otherwise all that can do the work.")
    List<String> peers = List.of();

    @Option(names = "--rounds", description = "In which all contestants take their turn.")
    int rounds = Pace.FULL.rounds();

    @Option(names = "--warm-up", description = "Seconds of each contestant before the first round.")
    double warmUp = Pace.FULL.warmUpSeconds();

    @Option(names = "--patience", description = "Seconds that a round waits at most for other processes to end.")
    double patience = Pace.FULL.patienceSeconds();

    @Option(names = "--explain", description = "Measure the wall time of ./backlight explain instead.")
    boolean explain;

    @Option(names = "--second-thread", description = "Measure what a second thread brings instead.")
    boolean secondThread;

    @Option(names = "--memory", description = "Measure the memory of the LPR step, batch 8, instead.")
    boolean memory;

    @Option(names = "--short", description = "One small cell of each kind, whose times mean nothing; writes no tables.")
    boolean isShort;

    @Option(names = "--tables-only", description = "Measure nothing.")
    boolean tablesOnly;

    @Option(names = "--folder", description = "For the figures; the page is written beside it.")
    Path folder = Path.of(System.getProperty("backlight.root", "."), "docs", "performance");

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Compare()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Figures figures = new Figures(folder);
        if (isShort) {
            return measureShort() ? 0 : 1;
        }
        if (!tablesOnly) {
            figures.write("machine", List.of(Machine.here()));
        }
        boolean isComplete = true;
        if (explain) {
            Path root = Path.of(System.getProperty("backlight.root", "."));
            ExplainTime time = ExplainTime.measure(root, System.getProperty(Backlight.REVISION, ""));
            figures.write("explain", List.of(time));
        } else if (memory) {
            isComplete = measureMemory(figures);
        } else if (!tablesOnly) {
            Pace pace = new Pace(warmUp, rounds, Pace.FULL.turnSeconds(), patience);
            isComplete = secondThread
                    ? measure(SecondThread.JOBS, OneThread.class::isInstance, pace, Optional.of(figures))
                    : measure(jobs(), this::takesPart, pace, Optional.of(figures));
        }
        new PerformancePage(figures).write();
        return isComplete ? 0 : 1;
    }

    List<Job> jobs() {
        return selection().jobs(workloads.stream().map(Workload::labelled).toList());
    }

    private Selection selection() {
        return new Selection(networks, batches, matrices, side, threads);
    }

    private boolean takesPart(Contestant peer) {
        return peers.isEmpty() ? peer.takesPartUnasked() : peers.contains(peer.name());
    }

    /** Measures each job in each group; whether all processes ended well. */
    private static boolean measure(
            List<Job> jobs, Predicate<Contestant> takesPart, Pace pace, Optional<Figures> figures)
            throws IOException, InterruptedException {
        boolean isComplete = true;
        for (Job job : jobs) {
            for (Map.Entry<String, List<Contestant>> group :
                    Contestants.peers(job).entrySet()) {
                List<String> names = group.getValue().stream()
                        .filter(takesPart)
                        .map(Contestant::name)
                        .toList();
                if (!names.isEmpty()) {
                    isComplete &= measure(job, group.getKey(), names, pace, figures);
                }
            }
        }
        return isComplete;
    }

    private static boolean measure(Job job, String group, List<String> peers, Pace pace, Optional<Figures> figures)
            throws IOException, InterruptedException {
        String names =
                Stream.concat(Stream.of(Contestants.BACKLIGHT), peers.stream()).collect(Collectors.joining(","));
        List<String> arguments = new ArrayList<>(List.of(job.key(), group, names));
        arguments.addAll(pace.toWords());
        Optional<String> found = Forks.run(MeasureCell.class, job, Forks.launcherFlags(), arguments);
        if (found.isEmpty()) {
            System.err.println("FAILED: " + job + " by " + names);
            return false;
        }
        Cell cell = Figures.parse(found.get(), Cell.class);
        System.out.println(Lines.of(job, cell));
        if (figures.isPresent()) {
            figures.get().add(cell);
        }
        return true;
    }

    private boolean measureShort() throws IOException, InterruptedException {
        boolean areComplete = measure(ShortMode.jobs(), this::takesPart, Pace.SHORT, Optional.empty());
        return measure(List.of(ShortMode.OF_THREADS), OneThread.class::isInstance, Pace.SHORT, Optional.empty())
                && areComplete;
    }

    private boolean measureMemory(Figures figures) throws IOException, InterruptedException {
        boolean isComplete = true;
        for (String network : selection().networks(Workload.RULE_STEP)) {
            for (String contestant : List.of(Contestants.BACKLIGHT, "pytorch")) {
                Job job = new Job(Workload.RULE_STEP, network, 8, side, threads);
                Optional<Alone> alone = Alones.measure(job, contestant, 3);
                if (alone.isPresent()) {
                    figures.add(alone.get());
                    System.out.println(Lines.of(job, alone.get()));
                }
                isComplete &= alone.isPresent();
            }
        }
        return isComplete;
    }
}
