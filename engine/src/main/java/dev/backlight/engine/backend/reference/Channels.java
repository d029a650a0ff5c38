package dev.backlight.engine.backend.reference;

/** Primitives with one number per channel, axis 1. */
final class Channels {
    private Channels() {}

    static void affine(Values x, Values scale, Values shift, Values out) {
        int channels = x.size(1);
        int plane = plane(x);
        for (int i = 0; i < out.data().length; i++) {
            int c = i / plane % channels;
            out.data()[i] = x.data()[i] * scale.data()[c] + shift.data()[c];
        }
    }

    static void dot(Values x, Values y, Values out) {
        int channels = x.size(1);
        int plane = plane(x);
        for (int i = 0; i < x.data().length; i++) {
            out.data()[i / plane % channels] += x.data()[i] * y.data()[i];
        }
    }

    private static int plane(Values x) {
        int plane = 1;
        for (int axis = 2; axis < x.shape().rank(); axis++) {
            plane *= x.size(axis);
        }
        return plane;
    }
}
