package dev.backlight.engine.shape;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The sizes of a tensor's axes, outermost first; rank 0 is a scalar. Elements are always laid out in row-major order.
 * Axes may be counted from the end: −1 is the innermost. Methods that take an axis throw {@link ShapeException} where it
 * does not exist.
 */
public final class Shape {
    private static final Shape SCALAR = new Shape(new int[0]);

    private final int[] sizes;
    private final long elements;

    private Shape(int[] sizes) {
        this.sizes = sizes;
        long product = 1;
        for (int size : sizes) {
            if (size < 0) {
                throw new ShapeException("a shape has no negative sizes, but found " + Arrays.toString(sizes));
            }
            product = Math.multiplyExact(product, (long) size);
        }
        this.elements = product;
    }

    public static Shape scalar() {
        return SCALAR;
    }

    public static Shape of(int... sizes) {
        return sizes.length == 0 ? SCALAR : new Shape(sizes.clone());
    }

    public int rank() {
        return sizes.length;
    }

    /** The size of one axis. */
    public int size(int axis) {
        return sizes[axis(axis)];
    }

    /** The number of elements: the product of all sizes, 1 for a scalar. */
    public long elements() {
        return elements;
    }

    /** All sizes, as a copy. */
    public int[] sizes() {
        return sizes.clone();
    }

    /** Resolves an axis that may count from the end into 0..rank−1. */
    public int axis(int axis) {
        int resolved = axis < 0 ? axis + sizes.length : axis;
        if (resolved < 0 || resolved >= sizes.length) {
            throw new ShapeException("axis " + axis + " does not exist in shape " + this + " of rank " + sizes.length);
        }
        return resolved;
    }

    /** Row-major strides, in elements. */
    public long[] strides() {
        long[] strides = new long[sizes.length];
        long stride = 1;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= sizes[axis];
        }
        return strides;
    }

    /** This shape with the size of one axis replaced. */
    public Shape with(int axis, int size) {
        int[] changed = sizes.clone();
        changed[axis(axis)] = size;
        return new Shape(changed);
    }

    /** This shape without one axis. */
    public Shape without(int axis) {
        int at = axis(axis);
        int[] fewer = new int[sizes.length - 1];
        System.arraycopy(sizes, 0, fewer, 0, at);
        System.arraycopy(sizes, at + 1, fewer, at, fewer.length - at);
        return of(fewer);
    }

    /** This shape with an axis of the given size put in before {@code position} (0..rank, or −1 for the end). */
    public Shape insert(int position, int size) {
        int at = position < 0 ? position + sizes.length + 1 : position;
        if (at < 0 || at > sizes.length) {
            throw new ShapeException("no axis can be inserted at " + position + " into shape " + this);
        }
        int[] more = new int[sizes.length + 1];
        System.arraycopy(sizes, 0, more, 0, at);
        more[at] = size;
        System.arraycopy(sizes, at, more, at + 1, sizes.length - at);
        return new Shape(more);
    }

    /** The axes reordered: axis {@code i} of the result is axis {@code order[i]} of this. */
    public Shape permute(int... order) {
        if (order.length != sizes.length) {
            throw new ShapeException("an order of " + order.length + " axes cannot permute shape " + this);
        }
        int[] permuted = new int[order.length];
        boolean[] seen = new boolean[order.length];
        for (int i = 0; i < order.length; i++) {
            int from = axis(order[i]);
            if (seen[from]) {
                throw new ShapeException("the order " + Arrays.toString(order) + " names axis " + from + " twice");
            }
            seen[from] = true;
            permuted[i] = sizes[from];
        }
        return of(permuted);
    }

    /**
     * The common shape of two operands, aligned at their innermost axes, where a size of 1 stretches (NumPy's rule).
     *
     * @throws ShapeException where two sizes differ and neither is 1
     */
    public Shape broadcast(Shape other) {
        if (equals(other)) {
            return this;
        }
        int rank = Math.max(sizes.length, other.sizes.length);
        int[] common = new int[rank];
        for (int fromEnd = 1; fromEnd <= rank; fromEnd++) {
            int a = fromEnd <= sizes.length ? sizes[sizes.length - fromEnd] : 1;
            int b = fromEnd <= other.sizes.length ? other.sizes[other.sizes.length - fromEnd] : 1;
            if (a != b && a != 1 && b != 1) {
                throw new ShapeException("shapes " + this + " and " + other + " do not broadcast: sizes " + a + " and "
                        + b + " differ at axis −" + fromEnd + " and neither is 1");
            }
            common[rank - fromEnd] = a == 1 ? b : a;
        }
        return of(common);
    }

    /** Whether an operand of this shape stretches to {@code target} without changing it. */
    public boolean broadcastsTo(Shape target) {
        if (sizes.length > target.sizes.length) {
            return false;
        }
        int shift = target.sizes.length - sizes.length;
        for (int axis = 0; axis < sizes.length; axis++) {
            if (sizes[axis] != 1 && sizes[axis] != target.sizes[axis + shift]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sizes);
    }

    /** For example {@code 1×3×224×224}; {@code scalar} for rank 0. */
    @Override
    public String toString() {
        return sizes.length == 0
                ? "scalar"
                : Arrays.stream(sizes).mapToObj(Integer::toString).collect(Collectors.joining("×"));
    }
}
