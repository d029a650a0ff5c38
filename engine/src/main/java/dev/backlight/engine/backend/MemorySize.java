package dev.backlight.engine.backend;

import dev.backlight.engine.shape.DeviceException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads limits of memory such as {@code 8G}, and writes sizes of it. */
public final class MemorySize {
    private MemorySize() {}

    /**
     * A number of bytes, with K, M or G behind it for powers of 1024; no limit where there is nothing.
     *
     * @param what the limit, as messages begin
     * @throws DeviceException when it is no size
     */
    public static long parse(String what, String text) {
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
            throw wrong(what, text, e);
        }
        throw wrong(what, text, null);
    }

    /** Bytes as messages give them, such as {@code 1.5 MiB}. */
    public static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 0x1p20);
    }

    private static DeviceException wrong(String what, String text, @Nullable Throwable cause) {
        String message = what + " must be a size such as 8G or 500M, but is " + text;
        return cause == null ? new DeviceException(message) : new DeviceException(message, cause);
    }
}
