package dev.backlight.kernels.sweep;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Random sizes, shapes and arrays, all from one seed. */
public final class Draw {
    private static final Backend MEMORY = new ReferenceBackend();

    private final SplittableRandom random;
    private final Extent extent;

    public Draw(long seed) {
        this(seed, Extent.FULL);
    }

    Draw(long seed, Extent extent) {
        this.random = new SplittableRandom(seed);
        this.extent = extent;
    }

    Extent extent() {
        return extent;
    }

    public SplittableRandom random() {
        return random;
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    /** Both ends included. */
    int from(int low, int high) {
        return random.nextInt(low, high + 1);
    }

    @SafeVarargs
    final <T> T oneOf(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Up to {@code bound}, sometimes several times as large, so that work is divided now and then. */
    public int size(int bound) {
        return 1 + random.nextInt(oneIn(6) ? 6 * bound : bound);
    }

    public Shape shape(int rank, int bound) {
        int[] sizes = new int[rank];
        Arrays.setAll(sizes, axis -> oneIn(5) ? 1 : size(bound));
        return Shape.of(sizes);
    }

    /** The shape with some axes of size 1 and perhaps without leading axes: an operand that broadcasts to it. */
    public Shape stretched(Shape shape) {
        int[] sizes = shape.sizes();
        for (int axis = 0; axis < sizes.length; axis++) {
            sizes[axis] = oneIn(3) ? 1 : sizes[axis];
        }
        int dropped = oneIn(3) ? random.nextInt(sizes.length + 1) : 0;
        return Shape.of(Arrays.copyOfRange(sizes, dropped, sizes.length));
    }

    public DeviceArray values(DType dtype, Shape shape) {
        return values(dtype, shape, -2, 2);
    }

    public DeviceArray values(DType dtype, Shape shape, double low, double high) {
        return array(dtype, shape, random.doubles(shape.elements(), low, high).toArray());
    }

    /** Some zeros and many equal values, so that comparisons and ties are met. */
    public DeviceArray coarse(Shape shape) {
        return array(
                DType.F32,
                shape,
                random.ints(shape.elements(), -2, 3).asDoubleStream().toArray());
    }

    /** What comparisons must not stumble over, beside some ordinary numbers: NaN, infinities, zeros of either sign. */
    DeviceArray special(Shape shape) {
        double[] values = {Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, -0.0, 0, -1, 1};
        double[] data = random.ints(shape.elements(), 0, values.length)
                .mapToDouble(i -> values[i])
                .toArray();
        return array(DType.F32, shape, data);
    }

    /** Values of either sort. */
    DeviceArray either(Shape shape) {
        return random.nextBoolean() ? coarse(shape) : values(DType.F32, shape);
    }

    public DeviceArray indices(Shape shape, int bound) {
        return array(
                DType.I64,
                shape,
                random.ints(shape.elements(), 0, bound).asDoubleStream().toArray());
    }

    /** An array that begins at some offset of a larger one. */
    public DeviceArray array(DType dtype, Shape shape, double... data) {
        int offset = random.nextInt(4);
        DeviceArray whole = MEMORY.allocate(dtype, Shape.of(offset + data.length));
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

    /** All elements, widened. */
    public static double[] read(DeviceArray array) {
        int at = HostBackend.offset(array);
        double[] data = new double[(int) array.shape().elements()];
        Arrays.setAll(data, i -> switch (array.dtype()) {
            case F32 -> HostBackend.floats(array)[at + i];
            case F64 -> HostBackend.doubles(array)[at + i];
            case I64 -> HostBackend.longs(array)[at + i];
        });
        return data;
    }

    /** Each of the values in turn, the first for index 0. */
    @SafeVarargs
    final <T> T inTurn(int index, T... values) {
        return values[index % values.length];
    }
}
