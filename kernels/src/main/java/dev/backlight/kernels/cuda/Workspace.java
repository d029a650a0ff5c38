package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.DeviceMemoryException;

/**
 * Memory for what kernels put down between two of their passes. It is the same memory for all kernels, which is sound
 * because they run one after the other. It only grows, and what it has outgrown stays allocated, because graphs may name it.
 */
final class Workspace {
    private static final long LEAST = 1 << 20;

    private final Driver driver;
    private final Runnable trim;
    private long address;
    private long size;
    private long held;

    /** @param trim gives memory back that is free but held by the pool */
    Workspace(Driver driver, Runnable trim) {
        this.driver = driver;
        this.trim = trim;
    }

    /** The address of at least that many bytes, aligned to 256. */
    long atLeast(long bytes) {
        if (bytes > size) {
            // Growing by half at least bounds what is outgrown by twice what is in use.
            long wanted = Math.max(LEAST, Math.max(bytes, size + size / 2));
            address = allocate(wanted);
            size = wanted;
            held += wanted;
        }
        return address;
    }

    /** Bytes held, outgrown ones included. */
    long held() {
        return held;
    }

    private long allocate(long bytes) {
        try {
            return driver.allocate(bytes);
        } catch (OutOfMemoryError first) {
            trim.run();
        }
        try {
            return driver.allocate(bytes);
        } catch (OutOfMemoryError second) {
            throw new DeviceMemoryException(
                    "the device has no memory for " + (bytes >> 20)
                            + " MiB of working space; use a smaller batch or image",
                    second);
        }
    }
}
