package dev.backlight.engine.backend;

import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;

/** A buffer seen as a dense row-major array of a shape: what primitives read and write. */
public record DeviceArray(Shape shape, Buffer buffer) implements Owned {
    public DeviceArray {
        if (shape.elements() != buffer.length()) {
            throw new ShapeException(
                    "shape " + shape + " has " + shape.elements() + " elements, its buffer " + buffer.length());
        }
    }

    /** The place of numbers that are not there yet, behind which a program puts memory. */
    public static DeviceArray placeholder(DType dtype, Shape shape) {
        return new DeviceArray(shape, new Buffer(Storage.placeholder(dtype, shape.elements()), 0, shape.elements()));
    }

    public DType dtype() {
        return buffer.dtype();
    }

    /** The same elements under another shape, without copying. */
    public DeviceArray reshape(Shape other) {
        return new DeviceArray(other, buffer);
    }

    /** The same view of another block of memory. */
    public DeviceArray on(Storage other) {
        return new DeviceArray(shape, new Buffer(other, buffer.offset(), buffer.length()));
    }

    @Override
    public Storage storage() {
        return buffer.storage();
    }
}
