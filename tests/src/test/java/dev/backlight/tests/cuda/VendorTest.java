package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.kernels.sweep.Extent;
import dev.backlight.kernels.sweep.Kind;
import dev.backlight.kernels.sweep.Sweep;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products and convolutions by NVIDIA's libraries, through stand-ins that check how they are called. */
class VendorTest {
    private static final String FOLDERS = "backlight.cuda.libraries";

    private static Backend cuda = new ReferenceBackend();

    @BeforeAll
    static void open() {
        Emulator.require();
        System.setProperty(FOLDERS, Emulator.build().vendor().toString());
        cuda = Backends.named("cuda", 1, Map.of("vendor", "require"));
    }

    @AfterAll
    static void close() {
        System.clearProperty(FOLDERS);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"MATRIX_PRODUCT", "CONVOLUTION", "INPUT_GRADIENT", "WEIGHT_GRADIENT", "EPILOGUE"})
    void agreesWithTheReference(Kind kind) {
        new Sweep("cuda with libraries", cuda, cuda, Extent.SMALL).run(kind);
    }

    @Test
    void devicesNamesThem() {
        Finished devices = Program.emulated()
                .flag("-D" + FOLDERS + "=" + Emulator.build().vendor())
                .run("devices");
        assertTrue(devices.output().contains("libcublas.so.13"), devices::output);
        assertTrue(devices.output().contains("libcudnn.so.9, version 90000"), devices::output);
    }

    @Test
    void whatIsRequiredAndAbsentIsSaid(@TempDir Path folder) {
        Finished explained = Program.emulated()
                .run("explain", "--device", "cuda", "--vendor", "require", "--out", folder.toString());
        assertEquals(2, explained.status(), explained::output);
        assertTrue(explained.output().contains("cuBLAS is required but cannot be used"), explained::output);
    }
}
