package dev.backlight.engine.io;

import dev.backlight.engine.shape.Shape;
import java.util.Arrays;

/** Row-major copies of arrays whose elements lie in another order. */
public final class Strided {
    private Strided() {}

    /** The strides, in elements, of column-major ("Fortran") order. */
    public static long[] columnMajor(Shape shape) {
        long[] strides = new long[shape.rank()];
        long stride = 1;
        for (int axis = 0; axis < strides.length; axis++) {
            strides[axis] = stride;
            stride = Math.multiplyExact(stride, (long) shape.size(axis));
        }
        return strides;
    }

    /** Whether elements of these strides already lie in row-major order; axes of size 1 may have any stride. */
    public static boolean isRowMajor(Shape shape, long[] strides) {
        long[] expected = shape.strides();
        for (int axis = 0; axis < strides.length; axis++) {
            if (shape.size(axis) > 1 && strides[axis] != expected[axis]) {
                return false;
            }
        }
        return true;
    }

    /**
     * How many elements a storage must hold from the first element of the array on: one more than the offset of its
     * last. Strides must not be negative.
     *
     * @throws ArithmeticException where that exceeds the range of long
     */
    public static long extent(Shape shape, long[] strides) {
        if (shape.elements() == 0) {
            return 0;
        }
        long last = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            last = Math.addExact(last, Math.multiplyExact(strides[axis], shape.size(axis) - 1L));
        }
        return last + 1;
    }

    /** A row-major copy of a {@code float[]}, {@code double[]} or {@code long[]}; the array itself where it is one. */
    public static Object rowMajor(Object stored, Shape shape, long[] strides) {
        if (isRowMajor(shape, strides)) {
            return stored;
        }
        int[] from = positions(shape, strides);
        return switch (stored) {
            case float[] values -> gather(values, from);
            case double[] values -> gather(values, from);
            case long[] values -> gather(values, from);
            default -> throw new IllegalArgumentException("not an array of values: " + stored.getClass());
        };
    }

    private static float[] gather(float[] values, int[] from) {
        float[] copy = new float[from.length];
        for (int i = 0; i < from.length; i++) {
            copy[i] = values[from[i]];
        }
        return copy;
    }

    private static double[] gather(double[] values, int[] from) {
        return Arrays.stream(from).mapToDouble(at -> values[at]).toArray();
    }

    private static long[] gather(long[] values, int[] from) {
        return Arrays.stream(from).mapToLong(at -> values[at]).toArray();
    }

    /** Where each element, in row-major order, lies. */
    private static int[] positions(Shape shape, long[] strides) {
        int[] positions = new int[Math.toIntExact(shape.elements())];
        int[] index = new int[shape.rank()];
        long at = 0;
        for (int i = 0; i < positions.length; i++) {
            positions[i] = Math.toIntExact(at);
            for (int axis = index.length - 1; axis >= 0; axis--) {
                at += strides[axis];
                if (++index[axis] < shape.size(axis)) {
                    break;
                }
                at -= strides[axis] * index[axis];
                index[axis] = 0;
            }
        }
        return positions;
    }
}
