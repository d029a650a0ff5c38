package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Job;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** How time and memory grow with batch, image side and depth, and what a second thread brings. */
final class ScalingTables {
    /** What a second thread should bring at least. */
    private static final double SECOND_THREAD = 1.8;

    private ScalingTables() {}

    static void append(Markdown page, List<Alone> all) {
        List<Alone> own = all.stream()
                .filter(alone -> alone.contestant().equals(Contestants.BACKLIGHT))
                .filter(alone -> Scaling.jobs().contains(Job.parse(alone.job())))
                .toList();
        if (own.isEmpty()) {
            return;
        }
        page.heading("Scaling");
        page.line("Backlight alone; each row is a process of its own. MiB are the peak of resident memory.");
        table(page, own, "batch", job -> Scaling.varies(job, Scaling.BATCHES), Job::batch);
        table(page, own, "side", job -> Scaling.varies(job, Scaling.SIDES), Job::side);
        table(page, own, "depth", job -> Scaling.varies(job, Scaling.DEPTHS), ScalingTables::depth);
        threads(page, own);
    }

    private static int depth(Job job) {
        return Integer.parseInt(job.subject().replaceAll("[^0-9]", ""));
    }

    private static void table(
            Markdown page, List<Alone> own, String what, Predicate<Job> belongs, ToIntFunction<Job> varying) {
        List<Alone> rows = own.stream()
                .filter(alone -> belongs.test(Job.parse(alone.job())))
                .sorted(Comparator.comparing(
                                (Alone alone) -> Job.parse(alone.job()).workload())
                        .thenComparingInt(alone -> varying.applyAsInt(Job.parse(alone.job()))))
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        page.line("").columns(List.of("", what, "ms", "ms per Mpixel", "MiB"));
        for (Alone alone : rows) {
            Job job = Job.parse(alone.job());
            double megapixels = (double) job.batch() * job.side() * job.side() / 1e6;
            String what1 = job.workload().label() + " " + job.subject() + ", side " + job.side();
            String count = Integer.toString(varying.applyAsInt(job));
            page.row(
                    alone.failure().isEmpty()
                            ? List.of(
                                    what1,
                                    count,
                                    number(alone.milliseconds()),
                                    number(alone.milliseconds() / megapixels),
                                    number(alone.peakMebibytes()))
                            : List.of(what1, count, alone.failure(), "", ""));
        }
    }

    private static void threads(Markdown page, List<Alone> own) {
        SequencedMap<Alone, Alone> pairs = pairs(own);
        if (pairs.isEmpty()) {
            return;
        }
        page.line("").columns(List.of("", "1 thread, ms", "2 threads, ms", "times as fast"));
        pairs.forEach((one, two) -> page.row(List.of(
                Job.parse(one.job()).toString(),
                number(one.milliseconds()),
                number(two.milliseconds()),
                ratio(speedup(one, two)))));
    }

    /** Rows under {@link Goal#COLUMNS}: what a second thread brings. */
    static List<List<String>> threadGoals(List<Alone> all) {
        SequencedMap<Alone, Alone> pairs = pairs(all);
        if (pairs.isEmpty()) {
            return List.of();
        }
        List<Double> speedups = new ArrayList<>();
        pairs.forEach((one, two) -> speedups.add(speedup(one, two)));
        double least = speedups.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        return List.of(List.of(
                "2 threads, times as fast",
                "1 thread",
                "≥ " + ratio(SECOND_THREAD),
                ratio(Statistics.geometricMean(speedups)),
                "≥ " + ratio(SECOND_THREAD),
                ratio(least),
                Integer.toString(speedups.size()),
                least >= SECOND_THREAD ? "**met**" : "not met"));
    }

    /** Figures of one thread, and those of two for the same work. */
    private static SequencedMap<Alone, Alone> pairs(List<Alone> all) {
        SequencedMap<Alone, Alone> pairs = new LinkedHashMap<>();
        for (Alone one : all) {
            Job job = Job.parse(one.job());
            String two = new Job(job.workload(), job.subject(), job.batch(), job.side(), 2).key();
            if (job.threads() == 1 && one.contestant().equals(Contestants.BACKLIGHT)) {
                all.stream()
                        .filter(other ->
                                other.job().equals(two) && other.contestant().equals(one.contestant()))
                        .findFirst()
                        .ifPresent(other -> pairs.put(one, other));
            }
        }
        return pairs;
    }

    private static double speedup(Alone one, Alone two) {
        return one.milliseconds() / two.milliseconds();
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }
}
