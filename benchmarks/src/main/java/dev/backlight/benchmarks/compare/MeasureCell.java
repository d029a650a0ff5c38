package dev.backlight.benchmarks.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlight.benchmarks.contest.Agreement;
import dev.backlight.benchmarks.contest.Backlight;
import dev.backlight.benchmarks.contest.Contestant;
import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Entry;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Subject;
import dev.backlight.benchmarks.contest.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/**
 * Measures one cell, in a process of its own. Arguments: the job's key, the group, the contestants' names joined by commas,
 * the four numbers of the {@link Pace}, and the file for the {@link Cell}. Contestants must agree; see {@link #besideExact} for
 * what is done where they do not.
 */
public final class MeasureCell {
    private static final double FLIPPED = 10;

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
        List<SequencedMap<String, float[]>> found = new ArrayList<>();
        double worst = 0;
        for (String name : names) {
            Contestant contestant = Contestants.named(name);
            Entry entry = contestant.enter(job);
            found.add(entry.results());
            double difference = Agreement.difference(name + " in " + job, found.getLast(), found.getFirst());
            worst = Double.isNaN(difference) ? difference : Math.max(worst, difference);
            ready.add(new Ready(contestant, entry, difference));
        }
        boolean agree = worst <= Agreement.tolerance(job.workload());
        return agree || job.workload() == Workload.MATRIX_PRODUCT
                ? agreeing(job, ready)
                : besideExact(job, ready, found);
    }

    private static List<Ready> agreeing(Job job, List<Ready> ready) {
        ready.forEach(one -> Agreement.require(job.workload(), one.contestant.name() + " in " + job, one.difference));
        return ready;
    }

    /**
     * Rounding moves the input of some rectifier across 0 in one contestant and not in another, and whole paths with it. Who
     * is held to what is then the result in double precision: Backlight's must be within the tolerance of it; how far
     * the others are from it is noted, and {@value #FLIPPED} times as much is taken for other work.
     */
    private static List<Ready> besideExact(Job job, List<Ready> ready, List<SequencedMap<String, float[]>> found) {
        SequencedMap<String, float[]> exact = Backlight.exactly(job);
        List<Ready> noted = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            Contestant contestant = ready.get(i).contestant;
            double difference = Agreement.difference(contestant.name() + " in " + job, found.get(i), exact);
            double allowed = i == 0 ? 1 : FLIPPED;
            Agreement.require(job.workload(), contestant.name() + " in " + job, difference / allowed);
            noted.add(new Ready(contestant, ready.get(i).entry, difference));
        }
        return noted;
    }

    private static void warmUp(Entry entry, double seconds) {
        long end = System.nanoTime() + (long) (1e9 * seconds);
        while (System.nanoTime() < end) {
            entry.run();
        }
    }
}
