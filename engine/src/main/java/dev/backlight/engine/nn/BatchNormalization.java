package dev.backlight.engine.nn;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Moments;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.shape.Shape;

/**
 * Normalises each channel of {@code N×C×…} (Ioffe and Szegedy 2015) with parameters {@code weight} (γ) and {@code bias} (β)
 * and statistics {@code running_mean} and {@code running_var}. Evaluation uses the statistics; a training pass uses the
 * batch's own and moves the statistics a tenth of the way towards them, the variance without bias.
 */
public final class BatchNormalization extends Layer {
    /** The part of the way to a batch's statistics that a training pass moves those that are kept. */
    public static final double MOMENTUM = 0.1;

    private static final double EPSILON = 1e-5;

    private final Parameter weight;
    private final Parameter bias;
    private final Parameter mean;
    private final Parameter variance;

    /** Normalises so many channels. */
    public BatchNormalization(int channels) {
        Shape shape = Shape.of(channels);
        weight = parameter("weight", shape, Initializer.ones());
        bias = parameter("bias", shape, Initializer.zeros());
        mean = statistic("running_mean", shape, Initializer.zeros());
        variance = statistic("running_var", shape, Initializer.ones());
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        Tensor gamma = pass.value(weight);
        Tensor beta = pass.value(bias);
        if (!pass.isTraining()) {
            return Neural.batchNorm(x, mean.value(), variance.value(), gamma, beta, EPSILON);
        }
        Moments moments = Neural.moments(x);
        long count = x.shape().elements() / Math.max(1, x.shape().size(1));
        follow(mean, moments.mean(), 1);
        follow(variance, moments.variance(), (double) count / Math.max(1, count - 1));
        return Neural.batchNormTraining(x, gamma, beta, moments, EPSILON);
    }

    private static void follow(Parameter statistic, Tensor batch, double correction) {
        try (Scope scope = Scope.open()) {
            statistic.assign(add(mul(statistic.value(), 1 - MOMENTUM), mul(batch, MOMENTUM * correction)));
        }
    }
}
