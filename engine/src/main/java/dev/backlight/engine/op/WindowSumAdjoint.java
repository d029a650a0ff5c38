package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** Adds each window's number to all its elements, in images of {@code shape}; adjoint to {@link WindowSum}. */
public record WindowSumAdjoint(WindowGeometry window, Shape shape) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor u = inputs.getFirst();
        return Tensor.execute(u.backend(), new Primitive.WindowSumAdjoint(window), u.dtype(), shape, u);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Shape u = at.input(0).shape();
        return Gradients.of(() -> new WindowSum(window, u.size(2), u.size(3)).on(upstream));
    }
}
