package dev.backlight.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What {@code ./backlight explain} takes for the bundled picture, from the start of the process to its end.
 *
 * @param revision of the source tree
 * @param seconds of each run; a first one, which may build, is not among them
 */
record ExplainTime(String measured, String revision, List<Double> seconds) {
    /** The wall time to stay below, in seconds. */
    static final double GOAL = 3;

    private static final int RUNS = 5;

    /** Runs the launcher of a source tree. */
    static ExplainTime measure(Path root, String revision) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("backlight-explain");
        List<Double> seconds = new ArrayList<>();
        for (int run = 0; run <= RUNS; run++) {
            long start = System.nanoTime();
            int status = new ProcessBuilder(
                            root.resolve("backlight").toString(),
                            "explain",
                            "-o",
                            folder.resolve("run" + run).toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException("./backlight explain ended with status " + status);
            }
            if (run > 0) {
                seconds.add((System.nanoTime() - start) / 1e9);
            }
        }
        delete(folder);
        return new ExplainTime(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), revision, seconds);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    double median() {
        return Statistics.median(seconds);
    }

    /** A row under {@link Goal#COLUMNS}. */
    List<String> row() {
        return List.of(
                "`./backlight explain`, wall time",
                "a clock",
                String.format(Locale.ROOT, "≤ %.0f s", GOAL),
                String.format(Locale.ROOT, "%.1f s", median()),
                "",
                String.format(
                        Locale.ROOT,
                        "%.1f s",
                        seconds.stream().mapToDouble(Double::doubleValue).max().orElse(0)),
                seconds.size() + " runs",
                median() <= GOAL ? "**met**" : "not met");
    }
}
