package dev.backlight.benchmarks.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.benchmarks.contest.Contestant;
import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.OneThread;
import dev.backlight.benchmarks.contest.Workload;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ShortModeTest {
    @Test
    void goesThroughEveryWorkload() {
        assertEquals(
                EnumSet.allOf(Workload.class),
                ShortMode.jobs().stream().map(Job::workload).collect(Collectors.toSet()));
    }

    /** A job that nobody takes part in would pass unmeasured. */
    @Test
    void oneThreadTakesPart() {
        List<Contestant> threads = Contestants.peers(ShortMode.OF_THREADS).getOrDefault(OneThread.GROUP, List.of());
        assertEquals(
                List.of(OneThread.NAME), threads.stream().map(Contestant::name).toList());
    }
}
