package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;

/**
 * Mean and biased variance of each channel, recorded nowhere: what training-mode {@link BatchNormTraining} normalises with
 * and a layer folds into its running statistics.
 */
public record Moments(Tensor mean, Tensor variance) {
    /**
     * Over all axes but the channels'. The variance is E[(x − mean)²] in a pass of its own: E[x²] − E[x]² would lose to
     * rounding what a channel's mean is larger than its deviation.
     *
     * @param x {@code N×C×…}
     */
    public static Moments of(Tensor x) {
        Channels.require("moments", x);
        try (Scope scope = Scope.open()) {
            Tensor constant = x.detached();
            Tensor mean = scope.keep(mean(constant));
            return new Moments(mean, scope.keep(variance(Channels.centred(constant, mean))));
        }
    }

    static Tensor mean(Tensor x) {
        return mul(Channels.sum(x), 1.0 / Channels.count(x.shape()));
    }

    /** @param centred {@link Channels#centred} at the mean */
    static Tensor variance(Tensor centred) {
        return mul(new ChannelDot().on(centred, centred), 1.0 / Channels.count(centred.shape()));
    }
}
