package dev.backlight.engine.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.shape.Shape;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Small F64 tensors on the reference backend, and comparisons with what is expected. */
final class Tensors {
    static final Backend BACKEND = new ReferenceBackend();

    private Tensors() {}

    static Tensor tensor(Shape shape, double... values) {
        return Tensor.of(BACKEND, shape, values);
    }

    static Tensor vector(double... values) {
        return tensor(Shape.of(values.length), values);
    }

    /** 1, 2, 3, … */
    static Tensor counting(int... sizes) {
        return generated(i -> i + 1, sizes);
    }

    /** Irregular numbers in (−2, 2). */
    static Tensor irregular(int... sizes) {
        return generated(i -> 2 * Math.sin(1.7 * i * i + 0.3), sizes);
    }

    static Tensor indices(Shape shape, long... values) {
        return Tensor.of(BACKEND, shape, values);
    }

    static void assertTensor(Tensor found, Shape shape, double... values) {
        assertEquals(shape, found.shape());
        assertArrayEquals(values, found.toDoubles(), 1e-12);
    }

    private static Tensor generated(IntToDoubleFunction value, int... sizes) {
        Shape shape = Shape.of(sizes);
        return tensor(
                shape,
                IntStream.range(0, (int) shape.elements()).mapToDouble(value).toArray());
    }
}
