package dev.backlight.tests.cuda;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.kernels.sweep.Extent;

/**
 * The CUDA backend on the emulator, found as a user's program finds it; or, with {@code -Dbacklight.cuda.device=real}, on a
 * GPU of this machine.
 */
final class Devices {
    private static final boolean REAL = "real".equals(System.getProperty("backlight.cuda.device"));

    private Devices() {}

    /** Whether tests run on a GPU: the stand-in for its driver must then stay out of this process, or it would be tested instead. */
    static boolean areReal() {
        return REAL;
    }

    /** As much as the device is fast enough for. */
    static Extent extent() {
        return REAL ? Extent.FULL : Extent.SMALL;
    }

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
