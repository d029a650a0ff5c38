package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Contestants that take turns, in another order each round, so that none always follows the same one. A round in which other
 * processes took more than {@value #TOLERATED} of the processors is taken again, as often as there are rounds asked for; then
 * the least disturbed count.
 */
final class Rounds {
    private static final double TOLERATED = 0.04;

    private static final long GLANCE_MILLISECONDS = 200;

    /** Between turns, so that threads that spin after their work go to sleep: OpenMP's do for 200 ms. */
    private static final long PAUSE_MILLISECONDS = 250;

    private record Round(double[] milliseconds, double strangers) {}

    private final List<Entry> entries;
    private final Pace pace;
    private final List<Round> rounds = new ArrayList<>();
    private final Random random = new Random(1);

    Rounds(List<Entry> entries, Pace pace) {
        this.entries = entries;
        this.pace = pace;
    }

    /** Takes as many rounds as the pace says, and at most as many again. */
    void take() throws InterruptedException {
        int count = pace.rounds();
        for (int taken = 0; taken < 2 * count && undisturbed() < count; taken++) {
            rounds.add(takeOne(rounds.isEmpty() ? new double[entries.size()] : rounds.getLast().milliseconds));
        }
        rounds.sort((a, b) -> Double.compare(Math.max(a.strangers, TOLERATED), Math.max(b.strangers, TOLERATED)));
        while (rounds.size() > count) {
            rounds.removeLast();
        }
    }

    private long undisturbed() {
        return rounds.stream().filter(round -> round.strangers <= TOLERATED).count();
    }

    /** Times of one contestant, one per round. */
    List<Double> milliseconds(int contestant) {
        return rounds.stream().map(round -> round.milliseconds[contestant]).toList();
    }

    /** The share of the processors that others took in the median round. */
    double strangers() {
        return Statistics.median(rounds.stream().map(Round::strangers).toList());
    }

    private Round takeOne(double[] before) throws InterruptedException {
        awaitQuiet();
        double[] milliseconds = new double[entries.size()];
        double strangers = 0;
        for (int turn : order()) {
            Thread.sleep(PAUSE_MILLISECONDS);
            Strangers watch = Strangers.watch();
            milliseconds[turn] = turn(entries.get(turn), before[turn]);
            strangers = Math.max(strangers, watch.share());
        }
        return new Round(milliseconds, strangers);
    }

    private List<Integer> order() {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, entries.size()).boxed().toList());
        Collections.shuffle(order, random);
        return order;
    }

    private void awaitQuiet() throws InterruptedException {
        long end = System.nanoTime() + (long) (1e9 * pace.patienceSeconds());
        boolean isQuiet = false;
        while (!isQuiet && System.nanoTime() < end) {
            Strangers watch = Strangers.watch();
            Thread.sleep(GLANCE_MILLISECONDS);
            isQuiet = watch.share() <= TOLERATED;
        }
    }

    /** The median time of a run; unless runs are long, the first only brings caches back and is not counted. */
    private double turn(Entry entry, double lastTime) {
        if (lastTime < 1e3 * pace.turnSeconds()) {
            entry.run();
        }
        List<Double> milliseconds = new ArrayList<>();
        long end = System.nanoTime() + (long) (1e9 * pace.turnSeconds());
        do {
            long start = System.nanoTime();
            entry.run();
            milliseconds.add((System.nanoTime() - start) / 1e6);
        } while (System.nanoTime() < end);
        return Statistics.median(milliseconds);
    }
}
