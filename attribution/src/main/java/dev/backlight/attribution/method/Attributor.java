package dev.backlight.attribution.method;

import java.util.Optional;

/** An attribution method with all its settings. */
public interface Attributor {
    /** The name in tables and on the command line, such as {@code integrated-gradients}. */
    String name();

    /**
     * Attributes each sample's target score to the elements of its input.
     *
     * @throws dev.backlight.engine.shape.BacklightException when the method cannot work on this network, with the reason
     */
    Attribution attribute(Question question, Progress progress);

    /**
     * Whether memory is likely to suffice for all images of the question at once, as far as that is known beforehand; what
     * {@link Halving} asks before it lets them be tried.
     */
    default boolean fits(Question question) {
        return true;
    }

    /** {@link #attribute} where all images {@linkplain #fits fit} at once, otherwise nothing. */
    default Optional<Attribution> attributeIfFits(Question question, Progress progress) {
        return fits(question) ? Optional.of(attribute(question, progress)) : Optional.empty();
    }

    default Attribution attribute(Question question) {
        return attribute(question, Progress.NONE);
    }
}
