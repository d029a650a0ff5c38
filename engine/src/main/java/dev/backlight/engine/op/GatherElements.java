package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/**
 * Inputs x and I64 indices, which agree in all other axes: {@code out[.., i, ..] = x[.., indices[.., i, ..], ..]}; adjoint
 * to {@link ScatterAddElements}.
 */
public record GatherElements(int axis) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        Tensor indices = inputs.get(1);
        requireFit("gather", x.shape(), axis, indices);
        return Tensor.execute(
                x.backend(),
                new Primitive.GatherElements(x.shape().axis(axis)),
                x.dtype(),
                indices.shape(),
                x,
                indices);
    }

    @Override
    public boolean differentiable(int input) {
        return input == 0;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> new ScatterAddElements(axis, at.input(0).shape()).on(upstream, at.input(1)));
    }

    static void requireFit(String operation, Shape large, int axis, Tensor indices) {
        Broadcasting.require(operation + " (its indices)", indices, DType.I64);
        Shape shape = indices.shape();
        if (shape.rank() != large.rank() || !shape.with(axis, 1).equals(large.with(axis, 1))) {
            throw new ShapeException(operation + " along axis " + axis + " needs indices that agree with shape " + large
                    + " elsewhere, but found " + shape);
        }
    }
}
