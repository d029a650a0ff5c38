package dev.backlight.engine.backend.reference;

import static dev.backlight.engine.backend.HostBackend.doubles;
import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.longs;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;

/** An operand widened to doubles: all reference kernels read and write these. */
record Values(Shape shape, double[] data) {
    static Values zeros(Shape shape) {
        return new Values(shape, new double[(int) shape.elements()]);
    }

    static Values read(DeviceArray array) {
        int offset = offset(array);
        int length = (int) array.shape().elements();
        double[] data = switch (array.dtype()) {
            case F64 -> Arrays.copyOfRange(doubles(array), offset, offset + length);
            case F32 -> {
                float[] source = floats(array);
                double[] wide = new double[length];
                for (int i = 0; i < length; i++) {
                    wide[i] = source[offset + i];
                }
                yield wide;
            }
            case I64 -> {
                long[] source = longs(array);
                double[] wide = new double[length];
                for (int i = 0; i < length; i++) {
                    wide[i] = source[offset + i];
                }
                yield wide;
            }
        };
        return new Values(array.shape(), data);
    }

    void write(DeviceArray array) {
        int offset = offset(array);
        switch (array.dtype()) {
            case F64 -> System.arraycopy(data, 0, doubles(array), offset, data.length);
            case F32 -> {
                float[] target = floats(array);
                for (int i = 0; i < data.length; i++) {
                    target[offset + i] = (float) data[i];
                }
            }
            case I64 -> {
                long[] target = longs(array);
                for (int i = 0; i < data.length; i++) {
                    target[offset + i] = (long) data[i];
                }
            }
        }
    }

    int size(int axis) {
        return shape.size(axis);
    }
}
