package dev.backlight.engine.backend;

import dev.backlight.engine.shape.DeviceException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Looks backends up by name or by preference. {@code reference} is always there. */
public final class Backends {
    private static final System.Logger LOG = System.getLogger(Backends.class.getName());

    private Backends() {}

    /** All providers on the class path, the preferred ones first. */
    public static List<BackendProvider> providers() {
        List<BackendProvider> found = new ArrayList<>();
        ServiceLoader.load(BackendProvider.class).forEach(found::add);
        found.sort(Comparator.comparingInt(BackendProvider::priority).reversed());
        return found;
    }

    /** The preferred CPU backend that works here; each refusal is logged with its reason. */
    public static Backend best(int threads) {
        for (BackendProvider provider : providers()) {
            Optional<String> reason = provider.unavailable();
            if (reason.isEmpty()) {
                return provider.create(threads);
            }
            LOG.log(System.Logger.Level.INFO, "backend {0} is not used: {1}", provider.name(), reason.get());
        }
        throw new IllegalStateException("the reference backend is always available");
    }

    /**
     * The backend of that name.
     *
     * @throws DeviceException when there is none, or it cannot work here, with the reason
     */
    public static Backend named(String name, int threads) {
        return named(name, threads, Map.of());
    }

    /**
     * The same, with settings of the device, such as {@code precision} of {@code cuda}.
     *
     * @throws DeviceException when there is none, it cannot work here, or a setting is wrong
     */
    public static Backend named(String name, int threads, Map<String, String> settings) {
        for (BackendProvider provider : providers()) {
            if (provider.name().equals(name)) {
                provider.unavailable().ifPresent(reason -> {
                    throw new DeviceException("device " + name + " cannot be used: " + reason);
                });
                return provider.create(threads, settings);
            }
        }
        throw new DeviceException("there is no device named " + name + "; known are "
                + providers().stream().map(BackendProvider::name).collect(Collectors.joining(", ")));
    }
}
