package dev.backlight.kernels.sweep;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** One primitive with its operands, and how far results may lie from the reference's. */
record SweepCase(Primitive primitive, DType dtype, Shape out, Bound bound, List<DeviceArray> inputs) {
    static final Backend REFERENCE = new ReferenceBackend();

    /** The error allowed to each element of the result. */
    @FunctionalInterface
    interface Bound {
        double[] of(SweepCase one, double[] expected);
    }

    SweepCase(Primitive primitive, DType dtype, Shape out, Bound bound, DeviceArray... inputs) {
        this(primitive, dtype, out, bound, List.of(inputs));
    }

    double[] expected() {
        return reference(inputs);
    }

    /** What the reference makes of other operands of the same shapes. */
    double[] reference(List<DeviceArray> operands) {
        DeviceArray result = REFERENCE.allocate(dtype, out);
        REFERENCE.execute(primitive, operands, result);
        return Draw.read(result);
    }

    @Override
    public String toString() {
        List<Shape> shapes = inputs.stream().map(DeviceArray::shape).toList();
        return primitive + " of " + shapes + " to " + dtype + " " + out;
    }
}
