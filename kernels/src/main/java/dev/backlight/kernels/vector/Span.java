package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.HostBackend;

/** A dense array that begins somewhere inside a Java array. */
public record Span(float[] data, int at) {
    /** The elements of an F32 array of a CPU backend. */
    public static Span of(DeviceArray array) {
        return new Span(HostBackend.floats(array), HostBackend.offset(array));
    }
}
