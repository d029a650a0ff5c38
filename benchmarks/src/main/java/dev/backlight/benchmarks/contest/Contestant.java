package dev.backlight.benchmarks.contest;

/** A library that can do some of the work. Found by {@link java.util.ServiceLoader}. */
public interface Contestant {
    /** A short name such as {@code backlight} or {@code pytorch}. */
    String name();

    /** Library and version, for people. */
    String version();

    boolean canDo(Job job);

    /** Whether it takes part without being asked for by name. */
    default boolean takesPartUnasked() {
        return true;
    }

    /**
     * Whether it can share a process with contestants of another group: two copies of libtorch cannot. Backlight joins
     * every group.
     */
    default String group() {
        return "main";
    }

    /** Prepares everything that a user would prepare once: network, weights, input. */
    Entry enter(Job job);
}
