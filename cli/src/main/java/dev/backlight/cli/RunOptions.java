package dev.backlight.cli;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.shape.DeviceException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that computes. */
final class RunOptions {
    @Option(
            names = "--device",
            paramLabel = "NAME",
            description =
                    "What to compute on: vector, reference, ... ('backlight list' shows all; default: the fastest).")
    private @Nullable String device;

    @Option(names = "--threads", paramLabel = "N", description = "CPU threads (default: one per core).")
    private @Nullable Integer threads;

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
        return device == null ? Backends.best(threads()) : Backends.named(device, threads());
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
