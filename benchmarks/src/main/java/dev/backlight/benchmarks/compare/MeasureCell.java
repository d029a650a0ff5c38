package dev.backlight.benchmarks.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlight.benchmarks.contest.Agreement;
import dev.backlight.benchmarks.contest.Contestant;
import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Entry;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/**
 * Measures one cell, in a process of its own. Arguments: the job's key, the group, the contestants' names joined by commas,
 * the four numbers of the {@link Pace}, and the file for the {@link Cell}. The first contestant's results are what the
 * others' are held to.
 */
public final class MeasureCell {
    private record Ready(Contestant contestant, Entry entry, double difference) {}

    private MeasureCell() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Job job = Job.parse(arguments[0]);
        Pace pace = Pace.parse(List.of(arguments).subList(3, 7));
        List<Ready> ready = enter(job, arguments[2].split(",", -1));
        for (Ready one : ready) {
            warmUp(one.entry, pace.warmUpSeconds());
        }
        Rounds rounds = new Rounds(ready.stream().map(Ready::entry).toList(), pace);
        rounds.take();
        List<Score> scores = new ArrayList<>();
        for (Ready one : ready) {
            scores.add(Score.of(one.contestant, one.difference, rounds.milliseconds(scores.size())));
        }
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Cell cell = new Cell(job.key(), arguments[1], now, rounds.strangers(), Subject.gflop(job), scores);
        new ObjectMapper().writeValue(Path.of(arguments[7]).toFile(), cell);
        // ONNX Runtime crashes at exit with a session open; threads of native libraries may outlive main.
        ready.forEach(one -> one.entry.close());
        System.exit(0);
    }

    /** Prepares all, and compares what they compute. */
    private static List<Ready> enter(Job job, String[] names) {
        List<Ready> ready = new ArrayList<>();
        SequencedMap<String, float[]> expected = null;
        for (String name : names) {
            Contestant contestant = Contestants.named(name);
            Entry entry = contestant.enter(job);
            SequencedMap<String, float[]> found = entry.results();
            expected = expected == null ? found : expected;
            double difference = Agreement.require(job.workload(), name + " in " + job, found, expected);
            ready.add(new Ready(contestant, entry, difference));
        }
        return ready;
    }

    private static void warmUp(Entry entry, double seconds) {
        long end = System.nanoTime() + (long) (1e9 * seconds);
        while (System.nanoTime() < end) {
            entry.run();
        }
    }
}
