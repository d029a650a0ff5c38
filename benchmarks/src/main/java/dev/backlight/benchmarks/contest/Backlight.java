package dev.backlight.benchmarks.contest;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import java.util.Locale;
import java.util.SequencedMap;

/** This project, through the interfaces that its users have. */
public final class Backlight implements Contestant {
    /** How it may be used. */
    public enum Mode {
        /** What is repeated is recorded once and replayed; images, and the parameters of rules, are given to every run. */
        REPLAYED,
        /** Every run records and computes anew, as code written naïvely does. */
        EAGER,
        /**
         * As {@link #REPLAYED}, with the images a constant: what depends on them alone, such as the unmasked forward pass of
         * a rule step, is computed once. What a rule's training does; no peer is asked for it.
         */
        HOISTED
    }

    /** The system property with the revision of the source tree, as git describes it. */
    public static final String REVISION = "backlight.revision";

    private final Mode mode;

    /** Takes part in that mode. */
    public Backlight(Mode mode) {
        this.mode = mode;
    }

    @Override
    public String name() {
        return mode == Mode.REPLAYED
                ? Contestants.BACKLIGHT
                : Contestants.BACKLIGHT + "-" + mode.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String version() {
        String revision = System.getProperty(REVISION, "");
        return revision.isEmpty() ? "this source tree" : "revision " + revision;
    }

    @Override
    public boolean takesPartUnasked() {
        return mode != Mode.EAGER;
    }

    @Override
    public boolean canDo(Job job) {
        return switch (mode) {
            case REPLAYED -> true;
            case EAGER -> job.workload() != Workload.INTEGRATED_GRADIENTS && job.workload() != Workload.MATRIX_PRODUCT;
            case HOISTED -> job.workload() == Workload.RULE_STEP || job.workload() == Workload.LEARNED_RULE_STEP;
        };
    }

    @Override
    public Entry enter(Job job) {
        return enter(job, Backends.best(job.threads()));
    }

    /** What the job gives in double precision: how far rounding takes a contestant's results from the exact ones. */
    public static SequencedMap<String, float[]> exactly(Job job) {
        try (Entry entry =
                BacklightWork.inDouble(job, Backends.best(job.threads())).entry(Mode.REPLAYED)) {
            return entry.results();
        }
    }

    /** The same on a backend of one's own, for instance one that keeps account. */
    public Entry enter(Job job, Backend backend) {
        return BacklightWork.of(job, backend).entry(mode);
    }
}
