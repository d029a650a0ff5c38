package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.DeviceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;

/** The PTX modules beside this class, each given to the driver when a kernel of it is first launched. */
final class KernelLibrary {
    /** Dynamic shared memory that every kernel may have unasked. */
    private static final int SHARED_UNASKED = 48 << 10;

    private static final class Function {
        private final CUfunction handle;
        private int shared = SHARED_UNASKED;

        Function(CUfunction handle) {
            this.handle = handle;
        }
    }

    private final Driver driver;
    private final Map<String, CUmodule> modules = new HashMap<>();
    private final Map<Kernel, Function> functions = new HashMap<>();

    KernelLibrary(Driver driver) {
        this.driver = driver;
    }

    CUfunction function(Kernel kernel, int sharedBytes) {
        Function function = functions.get(kernel);
        if (function == null) {
            function = new Function(driver.function(module(kernel.module()), kernel));
            functions.put(kernel, function);
        }
        if (sharedBytes > function.shared) {
            driver.allowSharedMemory(function.handle, kernel, sharedBytes);
            function.shared = sharedBytes;
        }
        return function.handle;
    }

    private CUmodule module(String name) {
        return modules.computeIfAbsent(name, key -> driver.loadModule(key, ptx(key)));
    }

    private static byte[] ptx(String module) {
        try (InputStream in = KernelLibrary.class.getResourceAsStream(module + ".ptx")) {
            if (in == null) {
                throw new DeviceException("the kernels of module " + module
                        + " are missing from this build; run kernels/ptx.sh, which needs CUDA's nvcc, and build again");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
