package dev.backlight.kernels.vector;

import dev.backlight.kernels.sweep.Kind;
import dev.backlight.kernels.sweep.Sweep;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Thousands of cases against the reference backend, at the vector width of this process. */
class VectorSweepTest {
    private static final Sweep SWEEP =
            new Sweep("vector at " + Lanes.FLOAT.vectorBitSize() + " bits", VectorBackend::new);

    @ParameterizedTest
    @EnumSource
    void agreesWithTheReference(Kind kind) {
        SWEEP.run(kind);
    }
}
