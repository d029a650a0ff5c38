package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.UnsupportedOpException;
import java.util.Arrays;

/**
 * A walk over the elements of a shape in row-major order, with the strides by which operands are read along it: the structs
 * {@code Extents} and {@code Strides} of {@code layout.cuh}. Axes are numbered from the innermost here; neighbouring axes
 * that all operands cross in one stride are one.
 */
final class Layout {
    /** As in {@code layout.cuh}. */
    static final int MAX_AXES = 8;

    static final int EXTENTS_BYTES = 2 * Long.BYTES + MAX_AXES * 2 * Long.BYTES;
    static final int STRIDES_BYTES = MAX_AXES * Long.BYTES;

    private final long elements;
    private final long[] sizes;
    /** [operand][axis]. */
    private final long[][] strides;

    private Layout(long elements, long[] sizes, long[][] strides) {
        if (sizes.length > MAX_AXES) {
            throw new UnsupportedOpException("device cuda walks arrays of up to " + MAX_AXES
                    + " axes that cannot be joined, but found sizes " + Arrays.toString(sizes)
                    + " from the innermost; reshape the tensor to fewer axes");
        }
        this.elements = elements;
        this.sizes = sizes;
        this.strides = strides;
    }

    /** Axes as they are, innermost first, without operands. */
    static Layout ofAxes(long... sizes) {
        return new Layout(Arrays.stream(sizes).reduce(1, (a, b) -> a * b), sizes, new long[0][]);
    }

    /**
     * Joins what can be joined.
     *
     * @param strides of each operand, per axis of the shape, outermost first
     */
    static Layout of(Shape shape, long[]... strides) {
        long[] sizes = new long[shape.rank()];
        long[][] steps = new long[strides.length][shape.rank()];
        int axes = 0;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            int size = shape.size(axis);
            if (size == 1) {
                continue;
            }
            if (axes == 0 || !joins(sizes[axes - 1], size, steps, axes - 1, strides, axis)) {
                sizes[axes] = size;
                for (int operand = 0; operand < strides.length; operand++) {
                    steps[operand][axes] = strides[operand][axis];
                }
                axes++;
            } else {
                sizes[axes - 1] *= size;
            }
        }
        if (axes == 0) {
            return new Layout(shape.elements(), new long[] {1}, new long[strides.length][1]);
        }
        int rank = axes;
        return new Layout(
                shape.elements(),
                Arrays.copyOf(sizes, rank),
                Arrays.stream(steps).map(of -> Arrays.copyOf(of, rank)).toArray(long[][]::new));
    }

    /** Joined sizes stay below 2³¹, so that kernels may hold a place along an axis in an int. */
    private static boolean joins(long inner, int outer, long[][] steps, int at, long[][] strides, int axis) {
        boolean even = inner * outer <= Integer.MAX_VALUE;
        for (int operand = 0; even && operand < strides.length; operand++) {
            even = strides[operand][axis] == steps[operand][at] * inner;
        }
        return even;
    }

    /** Row-major strides of an operand, aligned at the innermost axis, 0 where it is stretched to the shape. */
    static long[] broadcast(Shape operand, Shape to) {
        long[] own = operand.strides();
        long[] strides = new long[to.rank()];
        int shift = to.rank() - operand.rank();
        for (int axis = 0; axis < operand.rank(); axis++) {
            strides[axis + shift] = operand.size(axis) == 1 ? 0 : own[axis];
        }
        return strides;
    }

    long elements() {
        return elements;
    }

    int axes() {
        return sizes.length;
    }

    long size(int axis) {
        return sizes[axis];
    }

    long stride(int operand, int axis) {
        return strides[operand][axis];
    }

    /** Writes the struct {@code Extents}. */
    Struct extents(Struct to) {
        to.i64(elements).i32(sizes.length).i32(elements > Integer.MAX_VALUE ? 1 : 0);
        for (int axis = 0; axis < MAX_AXES; axis++) {
            to.i64(axis < sizes.length ? sizes[axis] : 1);
        }
        for (int axis = 0; axis < MAX_AXES; axis++) {
            divisor(to, axis < sizes.length ? Math.max(1, sizes[axis]) : 1);
        }
        return to;
    }

    /** Writes the struct {@code Strides} of an operand. */
    Struct strides(Struct to, int operand) {
        for (int axis = 0; axis < MAX_AXES; axis++) {
            to.i64(axis < sizes.length ? strides[operand][axis] : 0);
        }
        return to;
    }

    /** n/d = n·multiplier ≫ shift for all n below 2³¹ (Granlund and Montgomery, PLDI 1994). */
    private static void divisor(Struct to, long size) {
        int shift = 31 + Long.SIZE - Long.numberOfLeadingZeros(size - 1);
        boolean used = size <= Integer.MAX_VALUE;
        to.i32(used ? (int) ((1L << shift) / size + 1) : 0).i32(used ? shift : 0);
    }
}
