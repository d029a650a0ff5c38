package dev.backlight.engine.backend;

import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ShapeException;

/** A run of elements within one {@link Storage}. Slices share the storage: writing one writes the other. */
public record Buffer(Storage storage, long offset, long length) {
    public Buffer {
        if (offset < 0 || length < 0 || offset + length > storage.capacity()) {
            throw new ShapeException("elements " + offset + " to " + (offset + length)
                    + " lie outside a storage of capacity " + storage.capacity());
        }
    }

    public DType dtype() {
        return storage.dtype();
    }

    /** A part of this buffer, from {@code start} on, without copying. */
    public Buffer slice(long start, long count) {
        if (start < 0 || start + count > length) {
            throw new ShapeException(
                    "a slice of " + count + " elements at " + start + " exceeds a buffer of " + length);
        }
        return new Buffer(storage, offset + start, count);
    }
}
