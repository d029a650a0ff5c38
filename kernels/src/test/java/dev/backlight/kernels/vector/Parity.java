package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Executes primitives on the vector backend and on the reference backend and holds the results together. */
final class Parity {
    /** Relative error of a single operation in F32, functions included. */
    static final double ROUNDING = 3e-7;

    private static final Backend VECTOR = new VectorBackend(2);
    private static final Backend REFERENCE = new ReferenceBackend();

    private final SplittableRandom random;

    Parity(long seed) {
        this.random = new SplittableRandom(seed);
    }

    SplittableRandom random() {
        return random;
    }

    /** Up to {@code bound}, sometimes several times as large, so that work is divided now and then. */
    int size(int bound) {
        return 1 + random.nextInt(random.nextInt(6) == 0 ? 6 * bound : bound);
    }

    Shape shape(int rank, int bound) {
        int[] sizes = new int[rank];
        Arrays.setAll(sizes, axis -> random.nextInt(5) == 0 ? 1 : size(bound));
        return Shape.of(sizes);
    }

    /** The shape with some axes of size 1 and perhaps without leading axes: an operand that broadcasts to it. */
    Shape stretched(Shape shape) {
        int[] sizes = shape.sizes();
        for (int axis = 0; axis < sizes.length; axis++) {
            sizes[axis] = random.nextInt(3) == 0 ? 1 : sizes[axis];
        }
        int dropped = random.nextInt(3) == 0 ? random.nextInt(sizes.length + 1) : 0;
        return Shape.of(Arrays.copyOfRange(sizes, dropped, sizes.length));
    }

    DeviceArray values(DType dtype, Shape shape) {
        return values(dtype, shape, -2, 2);
    }

    DeviceArray values(DType dtype, Shape shape, double low, double high) {
        double[] data = random.doubles(shape.elements(), low, high).toArray();
        return array(dtype, shape, data);
    }

    /** Some zeros and many equal values, so that comparisons and ties are met. */
    DeviceArray coarse(Shape shape) {
        return array(
                DType.F32,
                shape,
                random.ints(shape.elements(), -2, 3).asDoubleStream().toArray());
    }

    DeviceArray indices(Shape shape, int bound) {
        return array(
                DType.I64,
                shape,
                random.ints(shape.elements(), 0, bound).asDoubleStream().toArray());
    }

    /** An array that begins at some offset of a larger one. */
    DeviceArray array(DType dtype, Shape shape, double... data) {
        int offset = random.nextInt(4);
        DeviceArray whole = REFERENCE.allocate(dtype, Shape.of(offset + data.length));
        DeviceArray array = new DeviceArray(shape, whole.buffer().slice(offset, data.length));
        for (int i = 0; i < data.length; i++) {
            write(array, i, data[i]);
        }
        return array;
    }

    private static void write(DeviceArray array, int i, double value) {
        int at = HostBackend.offset(array) + i;
        switch (array.dtype()) {
            case F32 -> HostBackend.floats(array)[at] = (float) value;
            case F64 -> HostBackend.doubles(array)[at] = value;
            case I64 -> HostBackend.longs(array)[at] = (long) value;
        }
    }

    static double read(DeviceArray array, int i) {
        int at = HostBackend.offset(array) + i;
        return switch (array.dtype()) {
            case F32 -> HostBackend.floats(array)[at];
            case F64 -> HostBackend.doubles(array)[at];
            case I64 -> HostBackend.longs(array)[at];
        };
    }

    /** Checks a pure primitive; results may differ by {@code absolute} plus {@code relative} times the expected value. */
    void check(Primitive primitive, DType dtype, Shape out, double relative, double absolute, DeviceArray... inputs) {
        List<DeviceArray> in = List.of(inputs);
        double[] unwritten = new double[(int) out.elements()];
        Arrays.fill(unwritten, dtype == DType.I64 ? -77 : Double.NaN);
        DeviceArray actual = array(dtype, out, unwritten);
        DeviceArray expected = array(dtype, out, unwritten);
        VECTOR.execute(primitive, in, actual);
        REFERENCE.execute(primitive, in, expected);
        assertClose(primitive + " of " + shapes(in), expected, actual, relative, absolute);
    }

    /** Checks a primitive that writes its output and inputs in place. */
    void checkInPlace(Primitive primitive, double relative, double absolute, DeviceArray out, DeviceArray... inputs) {
        List<DeviceArray> copies = new ArrayList<>();
        for (DeviceArray input : inputs) {
            copies.add(copy(input));
        }
        DeviceArray outCopy = copy(out);
        VECTOR.execute(primitive, List.of(inputs), out);
        REFERENCE.execute(primitive, copies, outCopy);
        assertClose(primitive + " output", outCopy, out, relative, absolute);
        for (int i = 0; i < inputs.length; i++) {
            assertClose(primitive + " input " + i, copies.get(i), inputs[i], relative, absolute);
        }
    }

    private DeviceArray copy(DeviceArray array) {
        double[] data = new double[(int) array.shape().elements()];
        Arrays.setAll(data, i -> read(array, i));
        return array(array.dtype(), array.shape(), data);
    }

    private static void assertClose(
            String what, DeviceArray expected, DeviceArray actual, double relative, double absolute) {
        for (int i = 0; i < expected.shape().elements(); i++) {
            double e = read(expected, i);
            double a = read(actual, i);
            if (Double.isNaN(e) || Double.isInfinite(e)) {
                assertEquals(e, a, what + " at " + i);
            } else {
                double bound = absolute + relative * Math.abs(e);
                int at = i;
                assertTrue(Math.abs(a - e) <= bound, () -> what + " at " + at + ": expected " + e + ", found " + a);
            }
        }
    }

    private static String shapes(List<DeviceArray> in) {
        return in.stream().map(array -> array.shape().toString()).toList().toString();
    }
}
