package dev.backlight.engine.backend;

/** Anything that lives in a storage and whose life a {@link Scope} can extend. */
public interface Owned {
    Storage storage();
}
