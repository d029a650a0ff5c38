package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.square;
import static dev.backlight.engine.op.Ops.sub;

import dev.backlight.engine.autodiff.Tensor;

/**
 * Mean and biased variance of each channel, recorded nowhere: what training-mode {@link BatchNormTraining} normalises with
 * and a layer folds into its running statistics.
 */
public record Moments(Tensor mean, Tensor variance) {
    /**
     * Over all axes but the channels'. The variance is E[x²] − E[x]² in one pass, so in F32 it loses digits where a
     * channel's mean exceeds its deviation a hundredfold.
     *
     * @param x {@code N×C×…}
     */
    public static Moments of(Tensor x) {
        Channels.require("moments", x);
        Tensor constant = x.detached();
        Tensor mean = mean(constant);
        return new Moments(mean, variance(constant, mean));
    }

    static Tensor mean(Tensor x) {
        return mul(Channels.sum(x), 1.0 / Channels.count(x.shape()));
    }

    /** Rounding may leave a constant channel slightly below 0, which is cut off. */
    static Tensor variance(Tensor x, Tensor mean) {
        return Neural.relu(sub(mul(new ChannelDot().on(x, x), 1.0 / Channels.count(x.shape())), square(mean)));
    }
}
