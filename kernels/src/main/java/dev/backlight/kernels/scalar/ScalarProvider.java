package dev.backlight.kernels.scalar;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.BackendProvider;
import java.util.Optional;

/** Offers {@link ScalarBackend}, on every JVM: preferred to the reference backend only. */
public final class ScalarProvider implements BackendProvider {
    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public int priority() {
        return 5;
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public Backend create(int threads) {
        return new ScalarBackend(threads);
    }
}
