package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.DeviceException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
                bytes(value(settings, "memory", "")),
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

    /** A number of bytes, with K, M or G behind it for powers of 1024. */
    private static long bytes(String text) {
        if (text.isEmpty()) {
            return Long.MAX_VALUE;
        }
        int shift = switch (Character.toUpperCase(text.charAt(text.length() - 1))) {
            case 'K' -> 10;
            case 'M' -> 20;
            case 'G' -> 30;
            default -> 0;
        };
        try {
            long number = Long.parseLong(shift == 0 ? text : text.substring(0, text.length() - 1));
            if (number > 0) {
                return Math.multiplyExact(number, 1L << shift);
            }
        } catch (NumberFormatException | ArithmeticException e) {
            throw wrongSize(text, e);
        }
        throw wrongSize(text, null);
    }

    private static DeviceException wrongSize(String text, @Nullable Throwable cause) {
        String message = "the limit of device memory must be a size such as 8G or 500M, but is " + text;
        return cause == null ? new DeviceException(message) : new DeviceException(message, cause);
    }
}
