package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.shape.DeviceException;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUevent;

/** For benchmarks: times by the device's own clock, and what the device could do at best. */
public final class DeviceTimer {
    private final Context context;
    private final CUdevice device = Devices.first();
    private final CUevent begin;
    private final CUevent end;

    private DeviceTimer(Context context) {
        this.context = context;
        this.begin = context.driver().createEvent();
        this.end = context.driver().createEvent();
    }

    /**
     * The clock of the backend's device.
     *
     * @throws DeviceException when the backend is not that of a GPU
     */
    public static DeviceTimer of(Backend backend) {
        if (backend instanceof CudaBackend cuda) {
            return new DeviceTimer(cuda.context());
        }
        throw new DeviceException("device " + backend.name() + " is no GPU, which has a clock of its own");
    }

    /** Milliseconds from the first to the last thing that the work has the device do. */
    public double milliseconds(Runnable work) {
        context.enter();
        context.driver().record(begin, context.stream());
        work.run();
        context.driver().record(end, context.stream());
        context.driver().await(end);
        return context.driver().milliseconds(begin, end);
    }

    public String deviceName() {
        return context.driver().name(device);
    }

    /** The newest CUDA that the driver serves. */
    public String driverVersion() {
        return "CUDA " + Driver.readable(context.driver().version());
    }

    /**
     * Floating-point operations per second in F32 or, on tensor cores, TF32, at the highest clock: units per multiprocessor
     * by the table "Arithmetic Instructions" of the CUDA C++ Programming Guide, and NVIDIA's figures for dense TF32.
     */
    public double peakFlops(boolean tensorCores) {
        int capability = Devices.capability(context.driver(), device);
        double multiplyAdds;
        if (tensorCores) {
            multiplyAdds = switch (capability / 10) {
                case 8 -> capability == 80 ? 512 : 128;
                case 9 -> 1024;
                case 10 -> 2048;
                default -> 128;
            };
        } else {
            multiplyAdds = capability == 80 ? 64 : 128;
        }
        double clock = 1e3
                * context.driver().attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE, "clock rate");
        return 2 * multiplyAdds * clock * context.multiprocessors();
    }
}
