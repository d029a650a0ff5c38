package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import java.util.List;

/** Inputs x {@code N×C×…}, scale and shift of size C: {@code x[n,c,…]·scale[c] + shift[c]}. */
public record ChannelAffine() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        Channels.require("channelAffine", x, inputs.get(1), inputs.get(2));
        return Tensor.execute(
                x.backend(), new Primitive.ChannelAffine(), x.dtype(), x.shape(), x, inputs.get(1), inputs.get(2));
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor x = at.input(0);
        Tensor scale = at.input(1);
        return Gradients.of(
                () -> Channels.scaled(upstream, scale),
                () -> new ChannelDot().on(upstream, x),
                () -> Channels.sum(upstream));
    }
}
