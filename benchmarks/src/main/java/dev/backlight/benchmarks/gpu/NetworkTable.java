package dev.backlight.benchmarks.gpu;

import dev.backlight.benchmarks.contest.Job;
import dev.backlight.engine.backend.Backend;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Jobs on networks beside PyTorch's. */
final class NetworkTable {
    private final Backend f32;
    private final Backend tf32;
    private final Pytorch pytorch;

    NetworkTable(Backend f32, Backend tf32, Pytorch pytorch) {
        this.f32 = f32;
        this.tf32 = tf32;
        this.pytorch = pytorch;
    }

    String markdown(List<Job> jobs, PrintStream log) {
        StringBuilder text = new StringBuilder("## Networks\n\n");
        text.append(pytorch.version().isEmpty() ? "PyTorch was not measured." : pytorch.version() + ".");
        text.append(
                        " F is a forward pass, FG a forward pass and an input gradient, LPR a step of rule training, at 224×224.")
                .append(
                        "\n\n| job | precision | Backlight, ms | peak, MiB | PyTorch, ms | peak, MiB | ratio of times |\n")
                .append("|---|---|---|---|---|---|---|\n");
        for (Job job : jobs) {
            log.println(job);
            addRow(text, job, "f32", f32);
            addRow(text, job, "tf32", tf32);
        }
        return text.toString();
    }

    private void addRow(StringBuilder text, Job job, String precision, Backend backend) {
        NetworkTime own = NetworkTimes.of(backend, job);
        backend.pool().trim();
        NetworkTime theirs = pytorch.time(job.workload().label(), job.subject(), job.batch(), precision);
        text.append("| ").append(job).append(" | ").append(precision).append(" | ");
        text.append(cells(own)).append(" | ").append(cells(theirs)).append(" | ");
        if (theirs != null && own.fits() && theirs.fits()) {
            text.append(String.format(Locale.ROOT, "%.2f", own.milliseconds() / theirs.milliseconds()));
        }
        text.append(" |\n");
    }

    private static String cells(@Nullable NetworkTime time) {
        if (time == null) {
            return " | ";
        }
        return time.fits()
                ? String.format(Locale.ROOT, "%.2f | %d", time.milliseconds(), time.peakBytes() >> 20)
                : "does not fit | ";
    }
}
