package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.BackendProvider;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/** Offers {@link VectorBackend}, the preferred CPU backend, where the JVM was started with the Vector API. */
public final class VectorProvider implements BackendProvider {
    private static final String MODULE = "jdk.incubator.vector";
    private static final String CLASS = MODULE + ".FloatVector";

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
        return isLoadable()
                ? Optional.empty()
                : Optional.of("the JVM was started without the Vector API; add --add-modules " + MODULE);
    }

    /** Asks for a class: a module that joined after the start, as the launcher's does, is in no module layer. */
    private static boolean isLoadable() {
        try {
            Class.forName(CLASS, false, VectorProvider.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    @Override
    public Backend create(int threads) {
        return new VectorBackend(threads);
    }

    @Override
    public SequencedMap<String, String> describe() {
        SequencedMap<String, String> facts = new LinkedHashMap<>();
        if (isLoadable()) {
            facts.put("vectors", Lanes.FLOAT.vectorBitSize() + " bits, " + Lanes.FLOAT.length() + " floats");
        }
        return facts;
    }
}
