package dev.backlight.engine.nn;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named place for numbers that a layer owns: weights, which training changes, or statistics, which the layer itself
 * updates. It holds nothing until it is initialised or loaded, so that a network can be described without its memory.
 */
public final class Parameter {
    private final Shape shape;
    private final Initializer initializer;
    private final boolean trainable;
    private @Nullable Tensor value;

    /** A parameter without values; {@code trainable} is false for statistics. */
    public Parameter(Shape shape, Initializer initializer, boolean trainable) {
        this.shape = shape;
        this.initializer = initializer;
        this.trainable = trainable;
    }

    public Shape shape() {
        return shape;
    }

    public boolean isTrainable() {
        return trainable;
    }

    public boolean hasValue() {
        return value != null;
    }

    /**
     * The current numbers.
     *
     * @throws DeviceException when the network has neither been initialised nor been given weights
     */
    public Tensor value() {
        Tensor current = value;
        if (current == null) {
            throw new DeviceException(
                    "a parameter of shape " + shape + " has no values yet; initialise the network or load weights");
        }
        return current;
    }

    /**
     * Gives this place the numbers of a tensor. Where there are numbers on the same device and of the same type already, they
     * are overwritten, so that programs recorded with them follow; otherwise the tensor itself is kept for good.
     *
     * @throws ShapeException when its shape differs
     */
    public void set(Tensor tensor) {
        requireShape(tensor);
        Tensor current = value;
        if (current != null && current.backend().equals(tensor.backend()) && current.dtype() == tensor.dtype()) {
            assign(tensor);
            return;
        }
        if (current != null) {
            current.storage().retire();
        }
        Scope.adopt(tensor.storage(), null);
        value = tensor.detached();
    }

    /** Copies numbers into the memory that is there. */
    public void assign(Tensor tensor) {
        requireShape(tensor);
        DeviceArray target = value().array();
        value().backend().execute(new Primitive.Cast(), List.of(tensor.array()), target);
    }

    void initialise(Backend backend, DType dtype, long seed) {
        try (Scope scope = Scope.open()) {
            set(initializer.create(backend, dtype, shape, seed));
        }
    }

    /** Moves the numbers to another backend or type. */
    void move(Backend backend, DType dtype) {
        Tensor current = value();
        set(
                switch (dtype) {
                    case F32 -> Tensor.of(backend, shape, current.toFloats());
                    case F64 -> Tensor.of(backend, shape, current.toDoubles());
                    case I64 -> throw new ShapeException("parameters are floating numbers, not " + dtype);
                });
    }

    private void requireShape(Tensor tensor) {
        if (!tensor.shape().equals(shape)) {
            throw new ShapeException("a parameter of shape " + shape + " cannot hold a tensor of " + tensor.shape());
        }
    }
}
