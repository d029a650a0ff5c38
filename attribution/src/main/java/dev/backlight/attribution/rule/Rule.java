package dev.backlight.attribution.rule;

import dev.backlight.engine.autodiff.PropagationMap;

/** A named choice of propagations for a whole walk. */
public interface Rule {
    /** The name in tables and on the command line, such as {@code guided}. */
    String name();

    /** Which application sends back what; what it does not name sends its plain gradient. */
    PropagationMap propagations();

    /** Whether a propagation looks at numbers, as one that sorts them does: walks under such a rule cannot be recorded. */
    default boolean readsNumbers() {
        return false;
    }
}
