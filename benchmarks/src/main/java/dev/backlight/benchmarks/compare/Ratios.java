package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Workload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** Backlight's time over a peer's, by job: medians of the ratios of the rounds. */
final class Ratios {
    private Ratios() {}

    static SequencedMap<Job, Double> of(List<Cell> cells, Workload workload, String peer) {
        return of(cells, workload, Contestants.BACKLIGHT, peer);
    }

    /** The same for one of Backlight's modes. */
    static SequencedMap<Job, Double> of(List<Cell> cells, Workload workload, String own, String peer) {
        SequencedMap<Job, Double> ratios = new LinkedHashMap<>();
        for (Cell cell : cells) {
            Job job = Job.parse(cell.job());
            Optional<Score> ours = cell.score(own);
            Optional<Score> theirs = cell.score(peer);
            if (job.workload() == workload && ours.isPresent() && theirs.isPresent()) {
                ratios.put(
                        job,
                        Statistics.medianRatio(
                                ours.get().milliseconds(), theirs.get().milliseconds()));
            }
        }
        return ratios;
    }

    static double of(Cell cell, Score peer) {
        Score own = cell.score(Contestants.BACKLIGHT).orElseThrow();
        return Statistics.medianRatio(own.milliseconds(), peer.milliseconds());
    }

    /** Peak memory of the rule step over the peer's, by job. */
    static SequencedMap<Job, Double> ofMemory(List<Alone> all, String peer) {
        SequencedMap<Job, Double> ratios = new LinkedHashMap<>();
        for (Alone own : all) {
            Job job = Job.parse(own.job());
            if (own.contestant().equals(Contestants.BACKLIGHT) && own.failure().isEmpty()) {
                all.stream()
                        .filter(other -> other.job().equals(own.job())
                                && other.contestant().equals(peer))
                        .findFirst()
                        .ifPresent(other -> ratios.put(job, own.peakMebibytes() / other.peakMebibytes()));
            }
        }
        return ratios;
    }
}
