package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Job;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Starts {@link MeasureAlone}. */
final class Alones {
    /** A peer's Java heap holds its network only while that is built; it must be given back before memory is measured. */
    private static final List<String> GIVING_BACK =
            List.of("-XX:+UseSerialGC", "-Xms16m", "-XX:MinHeapFreeRatio=5", "-XX:MaxHeapFreeRatio=10");

    private Alones() {}

    static Optional<Alone> measure(Job job, String contestant, int runs) throws IOException, InterruptedException {
        List<String> flags = contestant.equals(Contestants.BACKLIGHT) ? Forks.launcherFlags() : GIVING_BACK;
        Optional<String> found =
                Forks.run(MeasureAlone.class, job, flags, List.of(job.key(), contestant, Integer.toString(runs)));
        if (found.isEmpty()) {
            System.err.println("FAILED: " + job + " by " + contestant + " alone");
            return Optional.empty();
        }
        return Optional.of(Figures.parse(found.get(), Alone.class));
    }
}
