package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.cast;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.DType;
import java.util.List;

/** Converts to another element type; to integers it truncates toward zero and is flat. */
public record Cast(DType dtype) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        return Tensor.execute(x.backend(), new Primitive.Cast(), dtype, x.shape(), x);
    }

    @Override
    public boolean differentiable(int input) {
        return dtype.isFloating();
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> cast(upstream, at.input(0).dtype()));
    }
}
