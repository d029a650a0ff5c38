package dev.backlight.benchmarks.compare;

import java.util.List;
import java.util.Optional;

/**
 * What was measured in one process: a job, done in turn by the contestants of one group.
 *
 * @param job the {@link dev.backlight.benchmarks.contest.Job}'s key
 * @param group of contestants that can share a process
 * @param measured when, ISO 8601
 * @param strangers share of the processors that other processes took meanwhile, in the median round
 * @param gflop operations of one run, in 10⁹
 */
public record Cell(String job, String group, String measured, double strangers, double gflop, List<Score> scores) {
    Optional<Score> score(String contestant) {
        return scores.stream()
                .filter(score -> score.contestant().equals(contestant))
                .findFirst();
    }

    boolean isSameAs(Cell other) {
        return job.equals(other.job) && group.equals(other.group);
    }
}
