package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** The adjoint of {@link Conv2d} in its weights: image and signal to weights of {@code shape}. */
public record Conv2dWeightGradient(WindowGeometry window, int groups, Shape shape) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        Broadcasting.requireAlike("conv2d", x, inputs.get(1));
        new Conv2d(window, groups).requireFit(x.shape(), shape, inputs.get(1).shape());
        return Tensor.execute(
                x.backend(),
                new Primitive.ConvolutionWeightGradient(window, groups),
                x.dtype(),
                shape,
                x,
                inputs.get(1));
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor x = at.input(0);
        Tensor u = at.input(1);
        return Gradients.of(
                () -> new Conv2dInputGradient(window, groups, x.shape()).on(u, upstream),
                () -> new Conv2d(window, groups).on(x, upstream));
    }
}
