package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.DeviceException;
import java.util.Optional;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/** Whether there is a device to work on. The answer of the first question stands for the life of the program. */
final class Devices {
    /** What the PTX is compiled for. */
    private static final int LEAST_MAJOR = 8;

    private static final class Holder {
        private static final Driver DRIVER = new Driver();
        private static final Optional<String> MISSING = look(DRIVER);
    }

    private Devices() {}

    /** One sentence about why no device can be used, or empty. */
    static Optional<String> missing() {
        return Holder.MISSING;
    }

    static Driver driver() {
        return Holder.DRIVER;
    }

    /** The device that is used: the first, of those that CUDA_VISIBLE_DEVICES leaves. */
    static CUdevice first() {
        missing().ifPresent(reason -> {
            throw new DeviceException("device cuda cannot be used: " + reason);
        });
        return driver().device(0);
    }

    static int capability(Driver driver, CUdevice device) {
        int major = driver.attribute(
                device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, "compute capability");
        int minor = driver.attribute(
                device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, "compute capability");
        return 10 * major + minor;
    }

    private static Optional<String> look(Driver driver) {
        Optional<String> noDriver = NativeLibraries.driverMissing();
        if (noDriver.isPresent()) {
            return noDriver;
        }
        try {
            NativeLibraries.unpackedPrivately(() -> JCudaDriver.setExceptionsEnabled(false));
            return lookBehindDriver(driver);
        } catch (LinkageError e) {
            return Optional.of("CUDA's Java binding cannot be loaded (" + sentence(e) + ")");
        } catch (DeviceException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<String> lookBehindDriver(Driver driver) {
        int result = driver.initialise();
        if (result == Driver.NO_DEVICE) {
            return Optional.of("NVIDIA's driver is installed but finds no GPU (" + Driver.name(result) + ")");
        }
        if (result != 0) {
            return Optional.of("NVIDIA's driver cannot start (" + Driver.name(result)
                    + "); see whether nvidia-smi works, and restart the machine after an update of the driver");
        }
        if (driver.deviceCount() == 0) {
            return Optional.of("NVIDIA's driver is installed but finds no GPU");
        }
        CUdevice device = driver.device(0);
        int capability = capability(driver, device);
        if (capability / 10 < LEAST_MAJOR) {
            return Optional.of("the GPU " + driver.name(device) + " has compute capability " + capability / 10 + "."
                    + capability % 10 + ", but Backlight's kernels need 8.0 (Ampere) or newer");
        }
        return Optional.empty();
    }

    /** JCuda's own message is a page long; the line that names a library file says what happened. */
    private static String sentence(LinkageError e) {
        String message = String.valueOf(e.getMessage());
        return message.lines()
                .map(String::strip)
                .filter(line -> line.contains(".so"))
                .reduce((one, other) -> other)
                .orElse(message.lines().findFirst().orElse("no reason given"));
    }
}
