package dev.backlight.tests.cuda;

import java.io.File;
import java.nio.file.Path;

/** cuBLAS 12 and cuDNN 8 through JCublas and JCudnn, where the system's loader finds them. */
class JcudaVendorTest extends VendorCases {
    @Override
    Path folder() {
        return Emulator.build().boundVendor();
    }

    @Override
    int version(String library) {
        return library.equals("cublas") ? 12 : 8;
    }

    /** JCuda's native halves name the libraries that they need; what is loaded under that name already is taken. */
    @Override
    @SuppressWarnings("restricted") // it is native code, which the test is to load
    void offer() {
        System.load(folder().resolve("libcublas.so.12").toAbsolutePath().toString());
        System.load(folder().resolve("libcudnn.so.8").toAbsolutePath().toString());
    }

    @Override
    Program program() {
        Path driver = Emulator.build().driver();
        return Program.emulated()
                .with("LD_LIBRARY_PATH", driver.toAbsolutePath() + File.pathSeparator + folder().toAbsolutePath());
    }

    @Override
    String description(String library) {
        return library.equals("cublas")
                ? "libcublas.so.12, through JCublas"
                : "libcudnn.so.8, version 8907, through JCudnn";
    }
}
