package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** The sum of each window of images {@code N×C×H×W}, padding counting 0; {@code height × width} windows. */
public record WindowSum(WindowGeometry window, int height, int width) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        Shape shape = x.shape().with(2, height).with(3, width);
        return Tensor.execute(x.backend(), new Primitive.WindowSum(window), x.dtype(), shape, x);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> new WindowSumAdjoint(window, at.input(0).shape()).on(upstream));
    }
}
