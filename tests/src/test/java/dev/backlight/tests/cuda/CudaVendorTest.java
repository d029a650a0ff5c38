package dev.backlight.tests.cuda;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.kernels.sweep.Kind;
import dev.backlight.kernels.sweep.Sweep;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * NVIDIA's own libraries on a GPU, held to the reference; {@link VendorTest} and {@link JcudaVendorTest} run stand-ins of ours on
 * the emulator. {@code -Dbacklight.cuda.vendor.tested=require} fails where they cannot be used, instead of leaving this out.
 */
class CudaVendorTest {
    private static final boolean REQUIRED = "require".equals(System.getProperty("backlight.cuda.vendor.tested"));

    private static Backend cuda = new ReferenceBackend();

    @BeforeAll
    static void open() {
        if (!Devices.areReal()) {
            skip("NVIDIA's libraries need a GPU");
        }
        try {
            cuda = Backends.named("cuda", 1, Map.of("vendor", "require"));
        } catch (DeviceException e) {
            if (REQUIRED) {
                throw e;
            }
            skip(String.valueOf(e.getMessage()));
        }
    }

    private static void skip(String reason) {
        System.out.println("skipped: " + reason);
        Assumptions.abort(reason);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"MATRIX_PRODUCT", "CONVOLUTION", "INPUT_GRADIENT", "WEIGHT_GRADIENT", "EPILOGUE"})
    void agreesWithTheReference(Kind kind) {
        new Sweep("cuda with NVIDIA's libraries", cuda, cuda, Devices.extent()).run(kind);
    }
}
