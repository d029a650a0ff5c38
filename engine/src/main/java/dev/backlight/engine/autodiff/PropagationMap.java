package dev.backlight.engine.autodiff;

import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which application uses which propagation during a walk. Maps are values: they are handed to a walk and leave nothing
 * behind in network or tape.
 */
@FunctionalInterface
public interface PropagationMap {
    /** Every application sends back its op's own gradient. */
    PropagationMap NONE = at -> null;

    /** The propagation for an application, or null for the op's own gradient. */
    @Nullable
    Propagation at(Application application);

    /** All applications of one op type. */
    static PropagationMap on(Class<? extends Op> type, Propagation propagation) {
        return where(at -> type.isInstance(at.op()), propagation);
    }

    /** All applications whose path matches a glob in which {@code *} stands for any characters. */
    static PropagationMap onPath(String glob, Propagation propagation) {
        Pattern pattern = Pattern.compile(Pattern.quote(glob).replace("*", "\\E.*\\Q"));
        return where(at -> pattern.matcher(at.path()).matches(), propagation);
    }

    /** All applications that satisfy a predicate. */
    static PropagationMap where(Predicate<Application> chosen, Propagation propagation) {
        return at -> chosen.test(at) ? propagation : null;
    }

    /** This map where it says something, otherwise the other. */
    default PropagationMap orElse(PropagationMap other) {
        return at -> {
            Propagation own = at(at);
            return own != null ? own : other.at(at);
        };
    }
}
