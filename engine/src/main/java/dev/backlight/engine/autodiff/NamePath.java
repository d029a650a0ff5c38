package dev.backlight.engine.autodiff;

import java.util.function.Supplier;

/** The path of the layer that is being applied, such as {@code layer1.0.conv2}; bound for the extent of a call. */
public final class NamePath {
    private static final ScopedValue<String> CURRENT = ScopedValue.newInstance();

    private NamePath() {}

    /** The current path, empty outside all layers. */
    public static String current() {
        return CURRENT.orElse("");
    }

    /** Computes something under the current path extended by {@code name}; an empty name adds nothing. */
    public static <T> T within(String name, Supplier<T> body) {
        if (name.isEmpty()) {
            return body.get();
        }
        String outer = current();
        return ScopedValue.where(CURRENT, outer.isEmpty() ? name : outer + "." + name)
                .call(body::get);
    }
}
