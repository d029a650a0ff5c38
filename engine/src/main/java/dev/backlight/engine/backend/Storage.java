package dev.backlight.engine.backend;

import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceException;
import org.jspecify.annotations.Nullable;

/**
 * One allocated block of a backend's memory. It belongs to the scope it was made in, or, outside all scopes, to whoever
 * still refers to it. What the memory object is (a Java array, a device pointer) only its backend knows.
 */
public final class Storage {
    private final DType dtype;
    private final long capacity;
    private final BufferPool pool;
    private @Nullable Object memory;

    /** The owning scope; written by {@link Scope} only. */
    @Nullable
    Scope owner;

    Storage(DType dtype, long capacity, Object memory, BufferPool pool) {
        this.dtype = dtype;
        this.capacity = capacity;
        this.memory = memory;
        this.pool = pool;
    }

    public DType dtype() {
        return dtype;
    }

    /** Elements that fit, at least as many as were asked for. */
    public long capacity() {
        return capacity;
    }

    /**
     * The backend's own handle of the memory.
     *
     * @throws DeviceException when the scope that owned this block has been closed
     */
    public Object memory() {
        Object current = memory;
        if (current == null) {
            throw new DeviceException("a tensor was used after the scope that made it was closed; hand it outward with "
                    + "Scope.keep before the scope ends");
        }
        return current;
    }

    /** Gives the memory back to the pool; later uses fail with a sentence instead of reading someone else's numbers. */
    void release() {
        Object current = memory;
        if (current != null) {
            memory = null;
            pool.giveBack(dtype, capacity, current);
        }
    }
}
