package dev.backlight.kernels.sweep;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.List;

/** Arrays in the memory of a backend. What was drawn lies in Java arrays, which only some backends can use as they are. */
record Operands(Backend backend) {
    /** The operands of a case; copies begin at the same offset within a larger array as those drawn. */
    List<DeviceArray> of(SweepCase one) {
        return one.inputs().stream().map(this::of).toList();
    }

    private DeviceArray of(DeviceArray drawn) {
        return backend instanceof HostBackend ? drawn : copy(drawn);
    }

    /** A copy that may be overwritten. */
    DeviceArray copy(DeviceArray drawn) {
        int offset = (int) drawn.buffer().offset();
        int elements = (int) drawn.buffer().length();
        DeviceArray whole = backend.allocate(drawn.dtype(), Shape.of(offset + elements));
        Buffer part = whole.buffer().slice(offset, elements);
        if (elements > 0) {
            backend.upload(drawn.storage().memory(), offset, part);
        }
        return new DeviceArray(drawn.shape(), part);
    }

    /** A vector of these values. */
    DeviceArray vector(DType dtype, double[] values) {
        DeviceArray array = backend.allocate(dtype, Shape.of(values.length));
        backend.upload(narrowed(dtype, values), 0, array.buffer());
        return array;
    }

    /** All elements, widened. */
    double[] read(DeviceArray array) {
        int elements = (int) array.shape().elements();
        Object data = narrowed(array.dtype(), new double[elements]);
        if (elements > 0) {
            backend.download(array.buffer(), data, 0);
        }
        double[] values = new double[elements];
        Arrays.setAll(values, i -> switch (data) {
            case float[] floats -> floats[i];
            case double[] doubles -> doubles[i];
            default -> ((long[]) data)[i];
        });
        return values;
    }

    private static Object narrowed(DType dtype, double[] values) {
        return switch (dtype) {
            case F32 -> {
                float[] floats = new float[values.length];
                for (int i = 0; i < values.length; i++) {
                    floats[i] = (float) values[i];
                }
                yield floats;
            }
            case F64 -> values.clone();
            case I64 -> Arrays.stream(values).mapToLong(value -> (long) value).toArray();
        };
    }
}
