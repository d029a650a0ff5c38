package dev.backlight.engine.io;

import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.stream.IntStream;

/**
 * An array outside any device: what files hold. Immutable by agreement, since copying weights to protect them would
 * double the memory of every load.
 *
 * @param name   the name in its file, or the file's own where it holds one array
 * @param values {@code float[]}, {@code double[]} or {@code long[]}, as {@code dtype} says, in row-major order; neither
 *     copied nor to be altered
 */
public record NamedArray(String name, Shape shape, DType dtype, Object values) {

    public NamedArray {
        int length = switch (dtype) {
            case F32 -> ((float[]) values).length;
            case F64 -> ((double[]) values).length;
            case I64 -> ((long[]) values).length;
        };
        if (length != shape.elements()) {
            throw new ShapeException("array " + name + " of shape " + shape + " needs " + shape.elements()
                    + " values, but " + length + " were given");
        }
    }

    public static NamedArray of(String name, Shape shape, float... values) {
        return new NamedArray(name, shape, DType.F32, values);
    }

    public static NamedArray of(String name, Shape shape, double... values) {
        return new NamedArray(name, shape, DType.F64, values);
    }

    public static NamedArray of(String name, Shape shape, long... values) {
        return new NamedArray(name, shape, DType.I64, values);
    }

    public NamedArray renamed(String other) {
        return new NamedArray(other, shape, dtype, values);
    }

    /** The number of elements. */
    public int size() {
        return (int) shape.elements();
    }

    /** The element at a row-major position, as a double; integers beyond 2⁵³ are rounded. */
    public double doubleAt(int position) {
        return switch (dtype) {
            case F32 -> ((float[]) values)[position];
            case F64 -> ((double[]) values)[position];
            case I64 -> ((long[]) values)[position];
        };
    }

    /**
     * The element at a row-major position, as an integer.
     *
     * @throws ShapeException where the array is of floating point
     */
    public long longAt(int position) {
        return longs()[position];
    }

    /** The values as {@code float[]}: the array itself for F32, otherwise a rounded copy. */
    public float[] floats() {
        if (values instanceof float[] floats) {
            return floats;
        }
        float[] copy = new float[size()];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = (float) doubleAt(i);
        }
        return copy;
    }

    /** The values as {@code double[]}: the array itself for F64, otherwise a copy. */
    public double[] doubles() {
        return values instanceof double[] doubles
                ? doubles
                : IntStream.range(0, size()).mapToDouble(this::doubleAt).toArray();
    }

    /**
     * The values as {@code long[]}: the array itself.
     *
     * @throws ShapeException where the array is of floating point
     */
    public long[] longs() {
        if (values instanceof long[] longs) {
            return longs;
        }
        throw new ShapeException("array " + name + " must hold integers, but holds " + dtype);
    }

    /** For example {@code conv1.weight: F32 16×3×3×3}. */
    @Override
    public String toString() {
        return name + ": " + dtype + " " + shape;
    }
}
