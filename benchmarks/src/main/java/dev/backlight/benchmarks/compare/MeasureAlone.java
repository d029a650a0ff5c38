package dev.backlight.benchmarks.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Entry;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.engine.shape.BacklightException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets one contestant do a job some times and notes time and resident memory. Arguments: the job's key, the contestant, how
 * many runs count after the warm-up, and the file for an {@link Alone}.
 */
public final class MeasureAlone {
    private static final long WARM_UP_SECONDS = 8;
    private static final int COLLECTIONS = 5;

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");

    private MeasureAlone() {}

    public static void main(String[] arguments) throws IOException {
        Job job = Job.parse(arguments[0]);
        String contestant = arguments[1];
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Alone found;
        try (Entry entry = Contestants.named(contestant).enter(job)) {
            double ready = forgetPreparation();
            double milliseconds = time(entry, Integer.parseInt(arguments[2]));
            found = new Alone(job.key(), contestant, now, milliseconds, ready, mebibytes("VmHWM"), "");
        } catch (BacklightException e) {
            found = new Alone(job.key(), contestant, now, -1, -1, mebibytes("VmHWM"), String.valueOf(e.getMessage()));
        }
        new ObjectMapper().writeValue(Path.of(arguments[3]).toFile(), found);
        System.exit(0);
    }

    private static double time(Entry entry, int runs) {
        long warm = System.nanoTime() + WARM_UP_SECONDS * 1_000_000_000L;
        do {
            entry.run();
        } while (System.nanoTime() < warm);
        List<Double> milliseconds = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            long start = System.nanoTime();
            entry.run();
            milliseconds.add((System.nanoTime() - start) / 1e6);
        }
        return Statistics.median(milliseconds);
    }

    /**
     * Has the collector give back what only the preparation needed, and the kernel count the peak from here: building a
     * peer's network from ours must not count as its memory. The serial collector gives back nothing at first and everything
     * only at the fourth time.
     */
    private static double forgetPreparation() throws IOException {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        if (Files.isWritable(CLEAR)) {
            Files.writeString(CLEAR, "5");
        }
        return mebibytes("VmRSS");
    }

    private static double mebibytes(String field) throws IOException {
        return Machine.field(STATUS, field)
                .map(value -> Double.parseDouble(value.replaceAll("[^0-9]", "")) / 1024)
                .orElse(-1.0);
    }
}
