package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/** Inputs x and y of one shape {@code N×C×…}: {@code Σ x[n,c,…]·y[n,c,…]} over all but c. */
public record ChannelDot() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        Tensor y = inputs.get(1);
        Channels.require("channelDot", x);
        Broadcasting.requireAlike("channelDot", x, y);
        if (!x.shape().equals(y.shape())) {
            throw new ShapeException(
                    "channelDot needs operands of one shape, but found " + x.shape() + " and " + y.shape());
        }
        Shape shape = Shape.of(x.shape().size(1));
        return Tensor.execute(x.backend(), new Primitive.ChannelDot(), x.dtype(), shape, x, y);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> Channels.scaled(at.input(1), upstream), () -> Channels.scaled(at.input(0), upstream));
    }
}
