package dev.backlight.engine.backend.reference;

import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;

/** Gathers by index and their adjoints, which add in the order of the indices. */
final class Indexing {
    private Indexing() {}

    static void take(int axis, Values x, Values indices, Values out) {
        int inner = inner(x.shape(), axis);
        int size = x.size(axis);
        int count = indices.data().length;
        for (int i = 0; i < out.data().length; i++) {
            int chosen = index(indices.data()[i / inner % count], size);
            out.data()[i] = x.data()[(i / inner / count * size + chosen) * inner + i % inner];
        }
    }

    static void takeAdjoint(int axis, Values u, Values indices, Values out) {
        int inner = inner(out.shape(), axis);
        int size = out.size(axis);
        int count = indices.data().length;
        for (int i = 0; i < u.data().length; i++) {
            int chosen = index(indices.data()[i / inner % count], size);
            out.data()[(i / inner / count * size + chosen) * inner + i % inner] += u.data()[i];
        }
    }

    static void gather(int axis, Values x, Values indices, Values out) {
        int inner = inner(x.shape(), axis);
        int size = x.size(axis);
        int count = indices.size(axis);
        for (int i = 0; i < out.data().length; i++) {
            int chosen = index(indices.data()[i], size);
            out.data()[i] = x.data()[(i / inner / count * size + chosen) * inner + i % inner];
        }
    }

    static void scatterAdd(int axis, Values u, Values indices, Values out) {
        int inner = inner(out.shape(), axis);
        int size = out.size(axis);
        int count = indices.size(axis);
        for (int i = 0; i < u.data().length; i++) {
            int chosen = index(indices.data()[i], size);
            out.data()[(i / inner / count * size + chosen) * inner + i % inner] += u.data()[i];
        }
    }

    private static int inner(Shape shape, int axis) {
        return (int) shape.strides()[shape.axis(axis)];
    }

    private static int index(double value, int size) {
        if (value < 0 || value >= size) {
            throw new ShapeException("index " + (long) value + " lies outside an axis of size " + size);
        }
        return (int) value;
    }
}
