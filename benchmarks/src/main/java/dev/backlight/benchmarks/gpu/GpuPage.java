package dev.backlight.benchmarks.gpu;

import dev.backlight.kernels.cuda.DeviceTimer;

/** The page's beginning. */
final class GpuPage {
    private GpuPage() {}

    static String heading(DeviceTimer timer) {
        return """
                # Performance on a GPU

                Made by `benchmarks/gpu.sh` on one %s (%s), Java %s.

                The floor of a kernel is the larger of two times: that of its arithmetic at the device's peak, and that of \
                reading and writing each number once at the rate of a copy, measured here.

                """.formatted(timer.deviceName(), timer.driverVersion(), Runtime.version());
    }
}
