package dev.backlight.kernels.scalar;

import dev.backlight.kernels.sweep.Kind;
import dev.backlight.kernels.sweep.Sweep;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The cases of the vector backend, within the same bounds, without its vectors. */
class ScalarSweepTest {
    private static final Sweep SWEEP = new Sweep("scalar", ScalarBackend::new);

    @ParameterizedTest
    @EnumSource
    void agreesWithTheReference(Kind kind) {
        SWEEP.run(kind);
    }
}
