package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** The adjoint of {@link Conv2d} in its image: signal {@code N×O×OH×OW} and weights to an image of {@code shape}. */
public record Conv2dInputGradient(WindowGeometry window, int groups, Shape shape) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor u = inputs.get(0);
        Broadcasting.requireAlike("conv2d", u, inputs.get(1));
        new Conv2d(window, groups).requireFit(shape, inputs.get(1).shape(), u.shape());
        return Tensor.execute(
                u.backend(),
                new Primitive.ConvolutionInputGradient(window, groups),
                u.dtype(),
                shape,
                u,
                inputs.get(1));
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor u = at.input(0);
        Tensor w = at.input(1);
        return Gradients.of(
                () -> new Conv2d(window, groups).on(upstream, w),
                () -> new Conv2dWeightGradient(window, groups, w.shape()).on(upstream, u));
    }
}
