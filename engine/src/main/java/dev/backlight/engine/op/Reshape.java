package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/** The same elements, in the same order, under another shape; copies nothing. */
public record Reshape(Shape shape) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        if (x.shape().elements() != shape.elements()) {
            throw new ShapeException("cannot reshape " + x.shape() + " ("
                    + x.shape().elements() + " elements) to " + shape + " (" + shape.elements() + ")");
        }
        return Tensor.of(x.backend(), x.array().reshape(shape));
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> Ops.reshape(upstream, at.input(0).shape()));
    }
}
