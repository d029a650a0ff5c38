package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;

/** Constants computed on the host, in the type and on the device of a tensor they meet. */
public final class Constants {
    private Constants() {}

    /**
     * Numbers in row-major order, F64 where {@code like} is F64 and F32 otherwise.
     *
     * @param like gives the type and the backend; its own numbers and tape play no part
     * @throws dev.backlight.engine.shape.ShapeException when their number is not the shape's
     */
    public static Tensor of(Tensor like, Shape shape, double... values) {
        if (like.dtype() == DType.F64) {
            return Tensor.of(like.backend(), shape, values);
        }
        float[] narrow = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            narrow[i] = (float) values[i];
        }
        return Tensor.of(like.backend(), shape, narrow);
    }

    /** I64 indices, rank 1. */
    static Tensor indices(Tensor like, int... values) {
        return Tensor.of(
                like.backend(),
                Shape.of(values.length),
                Arrays.stream(values).asLongStream().toArray());
    }
}
