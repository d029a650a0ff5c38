package dev.backlight.engine.backend.reference;

import dev.backlight.engine.shape.Shape;

/** For every element of an output, where its operand lies: index arithmetic spelt out once. */
final class Offsets {
    private Offsets() {}

    /** Operand offsets under broadcasting: stretched axes have stride 0. */
    static int[] broadcast(Shape operand, Shape output) {
        long[] own = operand.strides();
        long[] strides = new long[output.rank()];
        int shift = output.rank() - operand.rank();
        for (int axis = 0; axis < operand.rank(); axis++) {
            strides[axis + shift] = operand.size(axis) == 1 ? 0 : own[axis];
        }
        return strided(0, strides, output);
    }

    /** {@code start + Σ index[axis]·stride[axis]} for every index of the shape, in row-major order. */
    static int[] strided(long start, long[] strides, Shape shape) {
        int[] offsets = new int[(int) shape.elements()];
        int[] index = new int[shape.rank()];
        long position = start;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = (int) position;
            for (int axis = shape.rank() - 1; axis >= 0; axis--) {
                position += strides[axis];
                if (++index[axis] < shape.size(axis)) {
                    break;
                }
                position -= index[axis] * strides[axis];
                index[axis] = 0;
            }
        }
        return offsets;
    }
}
