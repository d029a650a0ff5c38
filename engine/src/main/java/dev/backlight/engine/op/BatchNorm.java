package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.neg;
import static dev.backlight.engine.op.Ops.pow;
import static dev.backlight.engine.op.Ops.sub;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import java.util.List;
import java.util.function.Supplier;

/**
 * Normalisation with given statistics, as networks do once trained: {@code γ·(x − mean)/√(variance + ε) + β} per channel.
 * Inputs x {@code N×C×…} and mean, variance, γ, β of size C (Ioffe and Szegedy 2015).
 */
public record BatchNorm(double epsilon) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        Tensor mean = inputs.get(1);
        Tensor gamma = inputs.get(3);
        Channels.require("batchNorm", x, mean, inputs.get(2), gamma, inputs.get(4));
        try (Scope scope = Scope.open()) {
            Tensor scale = mul(gamma, inverseDeviation(inputs.get(2)));
            return scope.keep(new ChannelAffine().on(x, scale, sub(inputs.get(4), mul(mean, scale))));
        }
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor mean = at.input(1);
        Tensor gamma = at.input(3);
        Supplier<Tensor> inverse = Gradients.shared(() -> inverseDeviation(at.input(2)));
        Supplier<Tensor> total = Gradients.shared(() -> Channels.sum(upstream));
        Supplier<Tensor> centred =
                Gradients.shared(() -> sub(new ChannelDot().on(upstream, at.input(0)), mul(mean, total.get())));
        return Gradients.of(
                () -> Channels.scaled(upstream, mul(gamma, inverse.get())),
                () -> neg(mul(total.get(), mul(gamma, inverse.get()))),
                () -> mul(mul(centred.get(), gamma), mul(pow(inverse.get(), 3), -0.5)),
                () -> mul(centred.get(), inverse.get()),
                total);
    }

    private Tensor inverseDeviation(Tensor variance) {
        return pow(add(variance, epsilon), -0.5);
    }
}
