package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.OneThread;
import dev.backlight.benchmarks.contest.Workload;
import java.util.List;
import java.util.Locale;

/** What a second thread brings: Backlight on two threads and on one, in turn. */
final class SecondThread {
    /** By what it is measured. */
    static final List<Job> JOBS = List.of(
            job(Workload.FORWARD, "resnet18", 1),
            job(Workload.FORWARD, "resnet18", 8),
            job(Workload.FORWARD, "resnet50", 1),
            job(Workload.RULE_STEP, "resnet18", 1),
            job(Workload.RULE_STEP, "resnet18", 8),
            job(Workload.RULE_STEP, "resnet50", 1));

    /** How many times as fast each job should be at least. */
    private static final double WANTED = 1.8;

    private SecondThread() {}

    private static Job job(Workload workload, String network, int batch) {
        return new Job(workload, network, batch, 224, 2);
    }

    /** Whether a cell is one of these, and not one of the tables of peers. */
    static boolean isMeasuredBy(Cell cell) {
        return cell.group().equals(OneThread.GROUP);
    }

    /** A row under {@link Goal#COLUMNS}. */
    static List<String> goal(List<Cell> cells) {
        List<Double> speedups =
                measured(cells).stream().map(SecondThread::speedup).toList();
        double least = speedups.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
        return List.of(
                "2 threads, times as fast",
                "1 thread",
                "≥ " + ratio(WANTED),
                speedups.isEmpty() ? "" : ratio(Statistics.geometricMean(speedups)),
                "≥ " + ratio(WANTED),
                speedups.isEmpty() ? "" : ratio(least),
                speedups.size() + " of " + JOBS.size(),
                Goal.verdict(least >= WANTED, speedups.size(), JOBS.size()));
    }

    static void append(Markdown page, List<Cell> cells) {
        List<Cell> measured = measured(cells);
        if (measured.isEmpty()) {
            return;
        }
        page.heading("A second thread");
        page.line("Backlight on one thread and on two, taking turns in one process.")
                .line("");
        page.columns(List.of("", "1 thread, ms", "2 threads, ms", "times as fast"));
        for (Cell cell : measured) {
            page.row(List.of(
                    Job.parse(cell.job()).toString(),
                    milliseconds(one(cell)),
                    milliseconds(two(cell)),
                    ratio(speedup(cell))));
        }
    }

    private static List<Cell> measured(List<Cell> cells) {
        return cells.stream()
                .filter(cell -> isMeasuredBy(cell) && JOBS.contains(Job.parse(cell.job())))
                .toList();
    }

    private static double speedup(Cell cell) {
        return Statistics.medianRatio(one(cell).milliseconds(), two(cell).milliseconds());
    }

    private static Score one(Cell cell) {
        return cell.score(OneThread.NAME).orElseThrow();
    }

    private static Score two(Cell cell) {
        return cell.score(Contestants.BACKLIGHT).orElseThrow();
    }

    private static String milliseconds(Score score) {
        return String.format(Locale.ROOT, score.median() < 100 ? "%.1f" : "%.0f", score.median());
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }
}
