package dev.backlight.engine.backend;

import dev.backlight.engine.shape.DType;

/** Where a {@link BufferPool} has its memory from. */
@FunctionalInterface
public interface BlockAllocator {
    /**
     * Raw memory for a number of elements, its contents undefined.
     *
     * @throws OutOfMemoryError when there is none left
     */
    Object allocate(DType dtype, long capacity);

    /** Gives memory back to the system. Java arrays are left to the garbage collector. */
    default void free(Object memory) {}

    /**
     * Whether memory is lost unless {@link #free} is called, as that of a device is: the pool then also takes back blocks
     * made outside all scopes, once nothing refers to them.
     */
    default boolean needsFreeing() {
        return false;
    }

    /** The most bytes there can ever be for tensors: what needs more cannot be done, however much is given back. */
    default long capacity() {
        return limit();
    }

    /**
     * The part of {@link #capacity} that a plan may count on, in bytes: a heap that is collected needs some room of its own.
     */
    default long usable() {
        return capacity();
    }

    /** The most bytes that the pool may hold at once, in use and free. */
    default long limit() {
        return Long.MAX_VALUE;
    }
}
