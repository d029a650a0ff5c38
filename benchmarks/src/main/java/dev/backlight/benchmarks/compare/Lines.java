package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Job;
import java.util.Locale;
import java.util.stream.Collectors;

/** Figures as lines of text, while they come in. */
final class Lines {
    private Lines() {}

    static String of(Job job, Cell cell) {
        Score own = cell.score(Contestants.BACKLIGHT).orElseThrow();
        return String.format(Locale.ROOT, "%-26s ", job)
                + cell.scores().stream()
                        .map(score -> of(score, own, cell.gflop()))
                        .collect(Collectors.joining("   "));
    }

    private static String of(Score score, Score own, double gflop) {
        String figures = String.format(
                Locale.ROOT,
                "%s %.1f ms %.0f GFLOP/s",
                score.contestant(),
                score.median(),
                gflop / score.median() * 1e3);
        return score.contestant().equals(own.contestant())
                ? figures
                : figures
                        + String.format(
                                Locale.ROOT,
                                " (ratio %.2f)",
                                Statistics.medianRatio(own.milliseconds(), score.milliseconds()));
    }

    static String of(Job job, Alone alone) {
        return alone.failure().isEmpty()
                ? String.format(
                        Locale.ROOT,
                        "%-26s %s %.1f ms, %.0f MiB ready, %.0f MiB peak",
                        job,
                        alone.contestant(),
                        alone.milliseconds(),
                        alone.readyMebibytes(),
                        alone.peakMebibytes())
                : String.format(Locale.ROOT, "%-26s %s: %s", job, alone.contestant(), alone.failure());
    }
}
