package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.pow;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import java.util.List;
import java.util.function.Supplier;

/**
 * Normalisation with the batch's own statistics, as networks do while training:
 * {@code γ·(x − mean(x))/√(var(x) + ε) + β} per channel, over all other axes (Ioffe and Szegedy 2015). Inputs x
 * {@code N×C×…}, γ, β, and the {@link Moments} of x, which are handed in so that they are computed once; gradients take
 * them for the functions of x that they are.
 */
public record BatchNormTraining(double epsilon) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return new BatchNorm(epsilon).on(inputs.get(0), inputs.get(3), inputs.get(4), inputs.get(1), inputs.get(2));
    }

    @Override
    public boolean differentiable(int input) {
        return input < 3;
    }

    /**
     * With x̂ the normalised input, σ its deviation and u the upstream signal: {@code dx = γ/σ·(u − mean(u) −
     * x̂·mean(u·x̂))}, which is a·u + b·(x − mean(x)) + c with one a, b and c per channel.
     */
    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor x = at.input(0);
        Tensor gamma = at.input(1);
        double count = Channels.count(x.shape());
        // A recorded walk must see the moments as functions of x.
        boolean isRecorded = x.tape() != null;
        Tensor mean = isRecorded ? Moments.mean(x) : at.input(3);
        Supplier<Tensor> centred = Gradients.shared(() -> Channels.centred(x, mean));
        Tensor variance = isRecorded ? Moments.variance(centred.get()) : at.input(4);
        Tensor inverse = pow(add(variance, epsilon), -0.5);
        Supplier<Tensor> total = Gradients.shared(() -> Channels.sum(upstream));
        Supplier<Tensor> slope = Gradients.shared(() -> mul(new ChannelDot().on(upstream, centred.get()), inverse));
        return Gradients.of(
                () -> {
                    Tensor a = mul(gamma, inverse);
                    Tensor b = mul(mul(a, inverse), mul(slope.get(), -1 / count));
                    Tensor c = mul(mul(a, total.get()), -1 / count);
                    return add(new ChannelAffine().on(upstream, a, c), Channels.scaled(centred.get(), b));
                },
                slope,
                total);
    }
}
