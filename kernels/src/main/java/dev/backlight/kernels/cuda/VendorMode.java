package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.DeviceException;

/** Whether NVIDIA's libraries take over products and convolutions. */
enum VendorMode {
    /** Never: results depend on the device and on Backlight alone, not on what else is installed. */
    OFF,
    /** Where they are installed. */
    AUTO,
    /** Always; without them the device cannot be used. */
    REQUIRE;

    static VendorMode of(String name) {
        return switch (name) {
            case "off" -> OFF;
            case "auto" -> AUTO;
            case "require" -> REQUIRE;
            default -> throw new DeviceException("vendor libraries can be auto, off or require, but not " + name);
        };
    }
}
