package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.where;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.List;

/**
 * Puts {@code before[axis]} and {@code after[axis]} elements of one value around a tensor, along every axis.
 *
 * @param value what the new elements hold; any number, infinities included
 */
public record Pad(AxisList before, AxisList after, double value) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        Shape shape = padded(x.shape());
        if (value == 0) {
            return new Embed(before, ones(), shape).on(x);
        }
        try (Scope scope = Scope.open()) {
            Tensor embedded = new Embed(before, ones(), shape).on(x);
            Tensor inside = new Embed(before, ones(), shape).on(full(x, x.shape(), 1));
            return scope.keep(where(inside, embedded, full(x, Shape.scalar(), value)));
        }
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> new Slice(before, ones(), at.input(0).shape()).on(upstream));
    }

    private AxisList ones() {
        int[] steps = new int[before.size()];
        Arrays.fill(steps, 1);
        return AxisList.of(steps);
    }

    private static Tensor full(Tensor like, Shape shape, double value) {
        return Tensor.full(like.backend(), like.dtype(), shape, value);
    }

    private Shape padded(Shape shape) {
        if (before.size() != shape.rank() || after.size() != shape.rank()) {
            throw new ShapeException("padding a tensor of shape " + shape
                    + " needs one amount per axis and edge, but found " + before + " and " + after);
        }
        int[] sizes = shape.sizes();
        for (int axis = 0; axis < sizes.length; axis++) {
            if (before.get(axis) < 0 || after.get(axis) < 0) {
                throw new ShapeException(
                        "padding cannot be negative, but found " + before + " and " + after + "; use slice to crop");
            }
            sizes[axis] += before.get(axis) + after.get(axis);
        }
        return Shape.of(sizes);
    }
}
