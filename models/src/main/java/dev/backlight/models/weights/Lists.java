package dev.backlight.models.weights;

import java.util.Collection;
import java.util.stream.Collectors;

/** Lists in sentences. */
final class Lists {
    private static final int SHOWN = 10;

    private Lists() {}

    /** Up to ten items separated by commas, then how many more there are. */
    static String some(Collection<?> items) {
        String shown = items.stream().limit(SHOWN).map(String::valueOf).collect(Collectors.joining(", "));
        return items.size() <= SHOWN ? shown : shown + " and " + (items.size() - SHOWN) + " more";
    }
}
