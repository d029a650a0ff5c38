package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.BackendProvider;
import java.util.Optional;

/** Offers {@link VectorBackend}, the preferred CPU backend, where the JVM was started with the Vector API. */
public final class VectorProvider implements BackendProvider {
    private static final String MODULE = "jdk.incubator.vector";

    @Override
    public String name() {
        return "vector";
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    public Optional<String> unavailable() {
        return ModuleLayer.boot().findModule(MODULE).isPresent()
                ? Optional.empty()
                : Optional.of("the JVM was started without the Vector API; add --add-modules " + MODULE);
    }

    @Override
    public Backend create(int threads) {
        return new VectorBackend(threads);
    }
}
