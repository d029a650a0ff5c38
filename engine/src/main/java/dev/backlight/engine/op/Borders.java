package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Padding by a tensor's own elements: along each axis, a {@link Take} at indices that run beyond the edges. */
final class Borders {
    private Borders() {}

    static Tensor pad(Tensor x, int[] before, int[] after, Shapes.Border border) {
        if (before.length != x.shape().rank() || after.length != before.length) {
            throw new ShapeException("padding a tensor of shape " + x.shape()
                    + " needs one amount per axis and edge, but found " + Arrays.toString(before) + " and "
                    + Arrays.toString(after));
        }
        Tensor result = x;
        for (int axis = 0; axis < before.length; axis++) {
            if (before[axis] != 0 || after[axis] != 0) {
                requireFit(x.shape(), axis, before[axis], after[axis], border);
                int size = x.shape().size(axis);
                int[] indices = IntStream.range(-before[axis], size + after[axis])
                        .map(i -> inside(i, size, border))
                        .toArray();
                result = Shapes.take(result, axis, indices);
            }
        }
        return result;
    }

    private static int inside(int index, int size, Shapes.Border border) {
        return switch (border) {
            case EDGE -> Math.clamp(index, 0, size - 1);
            case REFLECT -> index < 0 ? -index : index >= size ? 2 * (size - 1) - index : index;
        };
    }

    private static void requireFit(Shape shape, int axis, int before, int after, Shapes.Border border) {
        int most = border == Shapes.Border.REFLECT ? shape.size(axis) - 1 : Integer.MAX_VALUE;
        if (before < 0 || after < 0 || shape.size(axis) == 0 || Math.max(before, after) > most) {
            throw new ShapeException("axis " + axis + " of shape " + shape + " cannot be padded by " + before + " and "
                    + after + " (" + border + "): amounts lie between 0 and " + most);
        }
    }
}
