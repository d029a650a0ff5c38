package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.ProfilingBackend;
import dev.backlight.benchmarks.contest.Backlight;
import dev.backlight.benchmarks.contest.Entry;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.engine.backend.Backends;

/**
 * Prints what the primitives of a job take. Arguments: its key, such as {@code LPR:resnet18:1:224:2}, and optionally a
 * {@link Backlight.Mode}.
 */
public final class Profile {
    private static final int WARM_UP = 40;
    private static final int RUNS = 20;
    private static final int ROWS = 60;

    private Profile() {}

    public static void main(String[] arguments) {
        Job job = Job.parse(arguments[0]);
        Backlight.Mode mode = arguments.length > 1 ? Backlight.Mode.valueOf(arguments[1]) : Backlight.Mode.REPLAYED;
        ProfilingBackend profile = new ProfilingBackend(Backends.best(job.threads()));
        try (Entry entry = new Backlight(mode).enter(job, profile)) {
            run(entry, WARM_UP);
            profile.reset();
            run(entry, RUNS);
        }
        System.out.println(job + ", " + RUNS + " runs");
        profile.report(System.out, ROWS);
    }

    private static void run(Entry entry, int times) {
        for (int i = 0; i < times; i++) {
            entry.run();
        }
    }
}
