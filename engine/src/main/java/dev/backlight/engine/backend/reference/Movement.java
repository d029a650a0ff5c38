package dev.backlight.engine.backend.reference;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.shape.Shape;

/** Primitives that move elements and compute nothing. */
final class Movement {
    private Movement() {}

    static void permute(AxisList order, Values in, Values out) {
        long[] own = in.shape().strides();
        long[] strides = new long[order.size()];
        for (int axis = 0; axis < strides.length; axis++) {
            strides[axis] = own[order.get(axis)];
        }
        int[] from = Offsets.strided(0, strides, out.shape());
        for (int i = 0; i < from.length; i++) {
            out.data()[i] = in.data()[from[i]];
        }
    }

    static void slice(AxisList start, AxisList step, Values in, Values out) {
        int[] from = steps(start, step, in.shape(), out.shape());
        for (int i = 0; i < from.length; i++) {
            out.data()[i] = in.data()[from[i]];
        }
    }

    static void embed(AxisList start, AxisList step, Values in, Values out) {
        int[] to = steps(start, step, out.shape(), in.shape());
        for (int i = 0; i < to.length; i++) {
            out.data()[to[i]] = in.data()[i];
        }
    }

    static void concat(int axis, Values[] in, Values out) {
        int at = out.shape().axis(axis);
        int inner = (int) out.shape().strides()[at];
        int outRow = out.size(at) * inner;
        int column = 0;
        for (Values part : in) {
            int row = part.size(at) * inner;
            for (int outer = 0; row > 0 && outer < part.data().length / row; outer++) {
                System.arraycopy(part.data(), outer * row, out.data(), outer * outRow + column, row);
            }
            column += row;
        }
    }

    /** Where the elements of the small shape lie in the large one. */
    private static int[] steps(AxisList start, AxisList step, Shape large, Shape small) {
        long[] strides = large.strides();
        long first = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            first += start.get(axis) * strides[axis];
            strides[axis] *= step.get(axis);
        }
        return Offsets.strided(first, strides, small);
    }
}
