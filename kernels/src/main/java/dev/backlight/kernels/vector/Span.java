package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.backend.Storage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A dense array that begins somewhere inside a Java array.
 *
 * @param storage the block that the array belongs to, where forms of it may be kept
 */
public record Span(float[] data, int at, @Nullable Storage storage) {
    /** Elements of an array that no backend manages. */
    public Span(float[] data, int at) {
        this(data, at, null);
    }

    /** The elements of an F32 array of a CPU backend. */
    public static Span of(DeviceArray array) {
        return new Span(HostBackend.floats(array), HostBackend.offset(array), array.storage());
    }

    /**
     * Another form of these elements, such as weights packed for the register tile: kept with the storage where that is
     * long-lived, else filled into the caller's scratch each time.
     *
     * @param key what form of which part of the storage
     * @param size elements of the form
     * @param fill writes the form into an array of at least that size with arbitrary content
     */
    float[] form(Object key, int size, Scratch scratch, Consumer<float[]> fill) {
        if (storage != null && storage.isLongLived()) {
            return storage.<float[]>derived(key, (long) size * Float.BYTES, stale -> {
                float[] kept = stale == null ? new float[size] : stale;
                fill.accept(kept);
                return kept;
            });
        }
        float[] temporary = scratch.floats(size);
        fill.accept(temporary);
        return temporary;
    }
}
