package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import java.util.Optional;

/**
 * Where and in which type a graph is computed.
 *
 * @param floats the type of all floating numbers; empty to keep those that the file states
 */
public record Target(Backend backend, Optional<DType> floats) {
    /** The type in which numbers of a stated type are computed. */
    public DType computed(DType stated) {
        return stated.isFloating() ? floats.orElse(stated) : stated;
    }

    /** An array as a tensor. */
    public Tensor upload(NamedArray array) {
        return switch (computed(array.dtype())) {
            case F32 -> Tensor.of(backend, array.shape(), array.floats());
            case F64 -> Tensor.of(backend, array.shape(), array.doubles());
            case I64 -> Tensor.of(backend, array.shape(), array.longs());
        };
    }
}
