package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.shape.DeviceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;

/** The GPUs of this machine, its driver and its libraries, for people. */
final class DeviceFacts {
    private static final Path DRIVER_VERSION = Path.of("/proc/driver/nvidia/version");
    private static final Pattern VERSION = Pattern.compile("Kernel Module\\D*?(\\d+\\.\\d+(?:\\.\\d+)?)");

    private DeviceFacts() {}

    static SequencedMap<String, String> read() {
        Driver driver = Devices.driver();
        SequencedMap<String, String> facts = new LinkedHashMap<>();
        for (int i = 0; i < driver.deviceCount(); i++) {
            facts.put("GPU " + i + (i == 0 ? " (used)" : ""), describe(driver, driver.device(i)));
        }
        facts.put("driver", driverVersion() + "CUDA up to " + Driver.readable(driver.version()));
        facts.put("own kernels", "PTX for compute capability 8.0 and newer");
        addLibraries(facts);
        return facts;
    }

    private static String describe(Driver driver, CUdevice device) {
        int capability = Devices.capability(driver, device);
        int multiprocessors = driver.attribute(
                device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, "number of multiprocessors");
        return driver.name(device) + ", " + (driver.totalMemory(device) >> 20) + " MiB, " + multiprocessors
                + " multiprocessors, compute capability " + capability / 10 + "." + capability % 10;
    }

    /** The number that NVIDIA's downloads go by, where the kernel's module tells it. */
    private static String driverVersion() {
        try {
            Matcher matcher = VERSION.matcher(Files.readString(DRIVER_VERSION, StandardCharsets.UTF_8));
            return matcher.find() ? matcher.group(1) + ", " : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static void addLibraries(SequencedMap<String, String> facts) {
        try {
            Context context = new Context(Devices.driver(), Devices.first());
            BufferPool pool = new BufferPool(new DeviceAllocator(context, Long.MAX_VALUE));
            Launcher launcher = new Launcher(context, new Workspace(context.driver(), pool), Precision.F32);
            VendorLibraries libraries = VendorLibraries.open(context, launcher);
            facts.put("cuBLAS", libraries.describeBlas());
            facts.put("cuDNN", libraries.describeDnn());
        } catch (DeviceException e) {
            facts.put("libraries", "not looked for: " + e.getMessage());
        }
    }
}
