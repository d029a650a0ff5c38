package dev.backlight.engine.backend;

import dev.backlight.engine.shape.DeviceException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Found by {@link java.util.ServiceLoader}: offers one backend, or says why it cannot. */
public interface BackendProvider {
    /** The name by which users ask for it, as in {@code --device vector}. */
    String name();

    /** Larger is preferred by {@link Backends#best}. */
    int priority();

    /** Empty when the backend can be made here, otherwise one sentence saying why not. */
    Optional<String> unavailable();

    /** Makes the backend; {@code threads} is for CPU backends, at least 1, and devices of their own ignore it. */
    Backend create(int threads);

    /**
     * The same, with settings that this kind of device knows.
     *
     * @throws DeviceException when there is one that it does not know
     */
    default Backend create(int threads, Map<String, String> settings) {
        settings.keySet().stream().findFirst().ifPresent(setting -> {
            throw new DeviceException("device " + name() + " has no setting named " + setting);
        });
        return create(threads);
    }

    /**
     * What people may want to know of the hardware and the libraries that this backend finds: facts by name, in order, also
     * where it is unavailable. May take a moment.
     */
    default SequencedMap<String, String> describe() {
        return new LinkedHashMap<>();
    }
}
