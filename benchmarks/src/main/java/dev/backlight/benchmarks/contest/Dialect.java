package dev.backlight.benchmarks.contest;

import java.util.List;

/**
 * How a library says the steps of a network.
 *
 * @param <T> its tensor
 */
public interface Dialect<T> {
    /** A step, prepared: its weights are in the library's own memory. */
    @FunctionalInterface
    interface Stage<T> {
        /**
         * Does the step.
         *
         * @param reusable whether nothing else reads the first input, so that the result may take its place
         */
        T apply(List<T> inputs, boolean reusable);
    }

    /** Prepares a step. */
    Stage<T> stage(Step step);

    /** Lets go of a tensor that no stage will read again. */
    default void release(T tensor) {}
}
