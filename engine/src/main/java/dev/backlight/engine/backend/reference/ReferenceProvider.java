package dev.backlight.engine.backend.reference;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.BackendProvider;
import java.util.Optional;

/** Offers {@link ReferenceBackend}, everywhere and last. */
public final class ReferenceProvider implements BackendProvider {
    @Override
    public String name() {
        return "reference";
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public Backend create(int threads) {
        return new ReferenceBackend();
    }
}
