package dev.backlight.tests.cuda;

import dev.backlight.engine.backend.Backend;
import dev.backlight.kernels.sweep.Kind;
import dev.backlight.kernels.sweep.Sweep;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The CPU backends' seeded sweep on the CUDA backend; a case that is run again meets another order of threads and blocks. */
class CudaSweepTest {
    private static Sweep sweep;

    @BeforeAll
    static void open() {
        Backend cuda = Devices.cuda();
        sweep = new Sweep("cuda", cuda, cuda, Devices.extent());
    }

    @ParameterizedTest
    @EnumSource
    void agreesWithTheReference(Kind kind) {
        sweep.run(kind);
    }
}
