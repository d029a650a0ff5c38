package dev.backlight.attribution.method;

/** Told how far a long computation has come; may throw to interrupt it. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress NONE = (done, total) -> {};

    /** {@code done} of {@code total} equal steps are finished. */
    void update(long done, long total);
}
