package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Job;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** How time and memory grow with batch, image side and depth. */
final class ScalingTables {
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

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }
}
