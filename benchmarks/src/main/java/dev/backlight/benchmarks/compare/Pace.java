package dev.backlight.benchmarks.compare;

import java.util.List;

/**
 * How thoroughly a cell is measured.
 *
 * @param warmUpSeconds that each contestant runs before its first round
 * @param rounds in which all contestants take their turn
 * @param turnSeconds that a turn lasts at least; its time is the median of the runs in it
 * @param patienceSeconds that a round waits at most for other processes to end
 */
public record Pace(double warmUpSeconds, int rounds, double turnSeconds, double patienceSeconds) {
    /** From the words that {@link #toWords} gives. */
    static Pace parse(List<String> words) {
        return new Pace(
                Double.parseDouble(words.get(0)),
                Integer.parseInt(words.get(1)),
                Double.parseDouble(words.get(2)),
                Double.parseDouble(words.get(3)));
    }

    List<String> toWords() {
        return List.of("" + warmUpSeconds, "" + rounds, "" + turnSeconds, "" + patienceSeconds);
    }

    /** What tables are made of. */
    public static final Pace FULL = new Pace(10, 9, 0.3, 20);

    /** Shows that everything works; times mean nothing. */
    public static final Pace SHORT = new Pace(0, 1, 0, 0);
}
