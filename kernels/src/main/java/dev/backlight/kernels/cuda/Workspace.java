package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.shape.DeviceMemoryException;

/**
 * Memory for what kernels put down between two of their passes. It is the same memory for all kernels, which is sound
 * because they run one after the other. It only grows, and what it has outgrown stays allocated, because graphs may name it.
 */
final class Workspace {
    private static final long LEAST = 1 << 20;

    private final Driver driver;
    private final BufferPool pool;
    private long address;
    private long size;

    /** @param pool what holds the rest of the memory: it frees some when the device is short, and counts */
    Workspace(Driver driver, BufferPool pool) {
        this.driver = driver;
        this.pool = pool;
    }

    /** The address of at least that many bytes, aligned to 256. */
    long atLeast(long bytes) {
        if (bytes > size) {
            // Growing by half at least bounds what is outgrown by twice what is in use.
            long wanted = Math.max(LEAST, Math.max(bytes, size + size / 2));
            address = allocate(wanted);
            size = wanted;
        }
        pool.countWorkingSpace(bytes);
        return address;
    }

    private long allocate(long bytes) {
        try {
            return driver.allocate(bytes);
        } catch (OutOfMemoryError first) {
            pool.trim();
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
