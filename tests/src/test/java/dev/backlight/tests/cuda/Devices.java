package dev.backlight.tests.cuda;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;

/** The CUDA backend on the emulator, found as a user's program finds it. */
final class Devices {
    private Devices() {}

    /** Skips the test with a reason where the emulator cannot be built. Every launch has another order of threads. */
    static Backend cuda() {
        Emulator.require();
        Emulator.set("order", "random:1");
        return Backends.named("cuda", 1);
    }
}
