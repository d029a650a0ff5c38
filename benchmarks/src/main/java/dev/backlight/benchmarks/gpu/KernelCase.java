package dev.backlight.benchmarks.gpu;

import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/**
 * A primitive with shapes that networks have.
 *
 * @param flop floating-point operations, a multiply-add being two; 0 where memory alone decides
 */
record KernelCase(String name, Primitive primitive, List<Shape> inputs, Shape output, double flop) {
    static KernelCase ofMemory(String name, Primitive primitive, List<Shape> inputs, Shape output) {
        return new KernelCase(name, primitive, inputs, output, 0);
    }

    /** Bytes that have to be read and written at least. */
    double bytes() {
        return 4.0
                * (output.elements()
                        + inputs.stream().mapToLong(Shape::elements).sum());
    }
}
