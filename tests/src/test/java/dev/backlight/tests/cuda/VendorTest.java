package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** cuBLAS 13 and cuDNN 9 through {@code java.lang.foreign}, in a folder that the user names. */
class VendorTest extends VendorCases {
    private static final String FOLDERS = "backlight.cuda.libraries";

    @Override
    Path folder() {
        return Emulator.build().newestVendor();
    }

    @Override
    int version(String library) {
        return library.equals("cublas") ? 13 : 9;
    }

    @Override
    void offer() {
        System.setProperty(FOLDERS, folder().toString());
    }

    @AfterAll
    static void withdraw() {
        System.clearProperty(FOLDERS);
    }

    @Override
    Program program() {
        return Program.emulated().flag("-D" + FOLDERS + "=" + folder());
    }

    @Override
    String description(String library) {
        return library.equals("cublas") ? "libcublas.so.13" : "libcudnn.so.9, version 90000";
    }

    /** JCuda looks for cuBLAS 12 and cuDNN 8 where the system does; elsewhere they serve all the same. */
    @Test
    void theOlderLibrariesAreFoundInTheFolderToo() {
        Finished devices = Program.emulated()
                .flag("-D" + FOLDERS + "=" + Emulator.build().boundVendor())
                .run("devices");
        assertTrue(devices.output().lines().anyMatch(line -> line.endsWith("libcublas.so.12")), devices::output);
        assertTrue(
                devices.output().lines().anyMatch(line -> line.endsWith("libcudnn.so.8, version 8907")),
                devices::output);
    }

    @Test
    void whatIsRequiredAndAbsentIsSaid(@TempDir Path folder) {
        Finished explained = Program.emulated()
                .run("explain", "--device", "cuda", "--vendor", "require", "--out", folder.toString());
        assertEquals(2, explained.status(), explained::output);
        assertTrue(explained.output().contains("cuBLAS is required but cannot be used"), explained::output);
    }
}
