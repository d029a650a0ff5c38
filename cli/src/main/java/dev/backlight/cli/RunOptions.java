package dev.backlight.cli;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.shape.DeviceException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that computes. */
final class RunOptions {
    @Option(
            names = "--device",
            paramLabel = "NAME",
            description =
                    "What to compute on: vector, cuda, ... ('backlight devices' shows all; default: the fastest way to use"
                            + " the CPU).")
    private @Nullable String device;

    @Option(names = "--threads", paramLabel = "N", description = "CPU threads (default: one per core).")
    private @Nullable Integer threads;

    @Option(
            names = "--precision",
            paramLabel = "f32|tf32",
            description = "With --device cuda: tf32 computes products and convolutions on tensor cores, faster and with"
                    + " 10 bits of mantissa in their inputs (default: f32).")
    private @Nullable String precision;

    @Option(
            names = "--vendor",
            paramLabel = "auto|off|require",
            description =
                    "With --device cuda: whether cuBLAS and cuDNN do the products and convolutions; auto where they"
                            + " are installed (default: off, which is Backlight's own kernels).")
    private @Nullable String vendor;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--verbose", description = "Print the stack trace of an error.")
    @SuppressWarnings("UnusedVariable") // Failures asks for it when there is no command to ask
    private boolean verbose;

    /**
     * The device asked for, or the fastest.
     *
     * @throws DeviceException when it cannot be used here
     */
    Backend backend() {
        Map<String, String> settings = settings();
        if (device == null) {
            if (!settings.isEmpty()) {
                throw new DeviceException("--" + settings.keySet().iterator().next() + " goes with --device cuda");
            }
            return Backends.best(threads());
        }
        return Backends.named(device, threads(), settings);
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        if (precision != null) {
            settings.put("precision", precision);
        }
        if (vendor != null) {
            settings.put("vendor", vendor);
        }
        return settings;
    }

    int threads() {
        if (threads == null) {
            return Runtime.getRuntime().availableProcessors();
        }
        if (threads < 1) {
            throw new DeviceException("--threads must be at least 1, but is " + threads);
        }
        return threads;
    }

    long seed() {
        return seed;
    }
}
