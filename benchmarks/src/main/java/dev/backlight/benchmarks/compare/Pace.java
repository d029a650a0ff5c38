package dev.backlight.benchmarks.compare;

/**
 * How thoroughly a cell is measured.
 *
 * @param warmUpSeconds that each contestant runs before its first round
 * @param rounds in which all contestants take their turn
 * @param turnSeconds that a turn lasts at least; its time is the median of the runs in it
 */
public record Pace(double warmUpSeconds, int rounds, double turnSeconds) {
    /** What tables are made of. */
    public static final Pace FULL = new Pace(10, 9, 0.3);

    /** Shows that everything works; times mean nothing. */
    public static final Pace SHORT = new Pace(0, 1, 0);
}
