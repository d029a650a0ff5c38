package dev.backlight.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How much of the processors other processes (or other virtual machines) took meanwhile. Threads that wait by spinning, as
 * OpenMP's do, lose many times what a neighbour takes, so a turn that met one says nothing about the contestant.
 */
final class Strangers {
    /** Kernel ticks a second, fixed in Linux's interface to programs. */
    private static final double TICKS = 100;

    private static final Path ALL = Path.of("/proc/stat");
    private static final Path OWN = Path.of("/proc/self/stat");

    private final double start;
    private final long since;

    private Strangers(double start) {
        this.start = start;
        this.since = System.nanoTime();
    }

    /** Begins to watch. */
    static Strangers watch() {
        return new Strangers(foreignSeconds());
    }

    /** Their share of all processors since then, from 0 to 1; 0 where the system does not tell. */
    double share() {
        double seconds = (System.nanoTime() - since) / 1e9;
        double processors = Runtime.getRuntime().availableProcessors();
        return Math.clamp((foreignSeconds() - start) / (seconds * processors), 0, 1);
    }

    private static double foreignSeconds() {
        if (!Files.exists(ALL) || !Files.exists(OWN)) {
            return 0;
        }
        try {
            String all = Files.readAllLines(ALL).getFirst();
            // cpu user nice system idle iowait irq softirq steal
            double[] ticks = numbers(all.substring(all.indexOf(' ')));
            double busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7];
            String own = Files.readString(OWN);
            // The name, in brackets, may hold blanks; user and system time are the 12th and 13th field after it.
            double[] fields = numbers(own.substring(own.lastIndexOf(')') + 3));
            return (busy - fields[10] - fields[11]) / TICKS;
        } catch (IOException e) {
            return 0;
        }
    }

    private static double[] numbers(String text) {
        return Arrays.stream(text.strip().split("\\s+"))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }
}
