package dev.backlight.benchmarks.gpu;

import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/**
 * A primitive with shapes that networks have.
 *
 * @param flop floating-point operations, a multiply-add being two; 0 where memory alone decides
 * @param type of the output
 * @param places the last input holds indices below so many; 0 where it holds numbers, as the others
 */
record KernelCase(
        String name, Primitive primitive, List<Shape> inputs, Shape output, double flop, DType type, int places) {
    static KernelCase of(String name, Primitive primitive, List<Shape> inputs, Shape output, double flop) {
        return new KernelCase(name, primitive, inputs, output, flop, DType.F32, 0);
    }

    static KernelCase ofMemory(String name, Primitive primitive, List<Shape> inputs, Shape output) {
        return of(name, primitive, inputs, output, 0);
    }

    static KernelCase giving(DType type, String name, Primitive primitive, Shape input, Shape output) {
        return new KernelCase(name, primitive, List.of(input), output, 0, type, 0);
    }

    static KernelCase indexed(String name, Primitive primitive, Shape values, Shape indices, int places, Shape output) {
        return new KernelCase(name, primitive, List.of(values, indices), output, 0, DType.F32, places);
    }

    DType input(int number) {
        return places > 0 && number == inputs.size() - 1 ? DType.I64 : DType.F32;
    }

    /** Bytes that have to be read and written at least. */
    double bytes() {
        double bytes = (double) type.bytes() * output.elements();
        for (int i = 0; i < inputs.size(); i++) {
            bytes += (double) input(i).bytes() * inputs.get(i).elements();
        }
        return changesInPlace() ? 2 * bytes - 4.0 * inputs.getFirst().elements() : bytes;
    }

    /** An optimiser's step reads and writes its parameter and its moments, and only reads the gradient. */
    private boolean changesInPlace() {
        return primitive instanceof Primitive.AdamStep || primitive instanceof Primitive.SgdStep;
    }
}
