package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.slice;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Joins any number of tensors, which agree in all other axes, along one axis. */
public record Concat(int axis) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor first = inputs.getFirst();
        int total = 0;
        for (Tensor part : inputs) {
            Broadcasting.requireAlike("concat", first, part);
            requireFit(first.shape(), part.shape());
            total += part.shape().size(axis);
        }
        return Tensor.execute(
                first.backend(),
                new Primitive.Concat(first.shape().axis(axis)),
                first.dtype(),
                first.shape().with(axis, total),
                inputs.toArray(Tensor[]::new));
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        List<Supplier<Tensor>> shares = new ArrayList<>();
        int start = 0;
        for (Tensor part : at.inputs()) {
            int from = start;
            int to = start + part.shape().size(axis);
            shares.add(() -> slice(upstream, axis, from, to));
            start = to;
        }
        return Gradients.of(shares);
    }

    private void requireFit(Shape first, Shape part) {
        if (part.rank() != first.rank() || !part.with(axis, 1).equals(first.with(axis, 1))) {
            throw new ShapeException("concat along axis " + axis + " needs shapes that agree elsewhere, but found "
                    + first + " and " + part);
        }
    }
}
