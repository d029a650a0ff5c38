package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.MemorySize;
import dev.backlight.engine.shape.DeviceException;
import java.util.Map;
import java.util.Set;

/**
 * How the device is to be used.
 *
 * @param memoryLimit the most bytes of tensors on the device, free ones that are kept for reuse included
 * @param graphs whether repeated steps are launched as CUDA graphs
 * @param vendor whether NVIDIA's libraries are used
 * @param tile the one size of tile, such as {@code 64x128}, that products are computed in where their type has it, to measure or
 *     test it; empty where each product's is to be chosen
 */
record CudaOptions(long memoryLimit, Precision precision, boolean graphs, VendorMode vendor, String tile) {
    private static final Set<String> KNOWN = Set.of("memory", "precision", "graphs", "vendor", "tile");
    private static final String PREFIX = "backlight.cuda.";

    /**
     * From settings such as {@code precision=tf32}, and where there is none from the system property of that name behind
     * {@code backlight.cuda.}.
     *
     * @throws DeviceException when a value makes no sense
     */
    static CudaOptions of(Map<String, String> settings) {
        settings.keySet().stream()
                .filter(name -> !KNOWN.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new DeviceException("device cuda has no setting named " + name);
                });
        return new CudaOptions(
                MemorySize.parse("the limit of device memory", value(settings, "memory", "")),
                Precision.of(value(settings, "precision", "f32")),
                flag("graphs", value(settings, "graphs", "on")),
                VendorMode.of(value(settings, "vendor", "off")),
                value(settings, "tile", ""));
    }

    private static String value(Map<String, String> settings, String name, String otherwise) {
        String given = settings.get(name);
        return given != null ? given : System.getProperty(PREFIX + name, otherwise);
    }

    private static boolean flag(String name, String text) {
        return switch (text) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new DeviceException(PREFIX + name + " must be on or off, but is " + text);
        };
    }
}
