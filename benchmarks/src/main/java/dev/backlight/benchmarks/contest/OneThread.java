package dev.backlight.benchmarks.contest;

import dev.backlight.engine.backend.Backends;

/** This project on a single thread, whatever a job allows: beside {@link Backlight}, what further threads bring. */
public final class OneThread implements Contestant {
    public static final String NAME = Contestants.BACKLIGHT + "-one-thread";

    /** Of itself and Backlight alone. */
    public static final String GROUP = "threads";

    private final Backlight backlight = new Backlight(Backlight.Mode.REPLAYED);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return backlight.version();
    }

    @Override
    public boolean canDo(Job job) {
        return job.threads() > 1;
    }

    @Override
    public boolean takesPartUnasked() {
        return false;
    }

    @Override
    public String group() {
        return GROUP;
    }

    @Override
    public Entry enter(Job job) {
        return backlight.enter(job, Backends.best(1));
    }
}
