package dev.backlight.tests.cuda;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;

/**
 * The CUDA backend on the emulator, found as a user's program finds it; or, with {@code -Dbacklight.cuda.device=real}, on a
 * GPU of this machine.
 */
final class Devices {
    private static final boolean REAL = "real".equals(System.getProperty("backlight.cuda.device"));

    private Devices() {}

    /** Skips the test with a reason where the emulator cannot be built. Every launch has another order of threads. */
    static Backend cuda() {
        if (REAL) {
            return Backends.named("cuda", 1);
        }
        Emulator.require();
        Emulator.set("order", "random:1");
        return Backends.named("cuda", 1);
    }
}
