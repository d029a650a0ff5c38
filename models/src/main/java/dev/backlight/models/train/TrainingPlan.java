package dev.backlight.models.train;

import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.optim.Adam;
import dev.backlight.engine.optim.Optimizer;
import dev.backlight.engine.optim.Schedule;
import dev.backlight.engine.optim.Sgd;
import dev.backlight.engine.optim.WeightDecay;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.models.data.Augmentation;
import java.util.Map;

/**
 * How to train.
 *
 * @param epochs passes over the training pictures
 * @param batchSize pictures per step; what is left over at the end of an epoch waits for the next
 * @param method the optimiser
 * @param learningRate the greatest that the course reaches
 * @param weightDecay on weights; biases and normalisations are left free
 * @param course of the learning rate
 * @param labelSmoothing 0 for none
 * @param clipNorm the greatest norm of a gradient, 0 for any
 * @param augmentation of training pictures
 * @param seed of first values, order, variations and dropout
 */
public record TrainingPlan(
        int epochs,
        int batchSize,
        Method method,
        double learningRate,
        double weightDecay,
        Course course,
        double labelSmoothing,
        double clipNorm,
        Augmentation augmentation,
        long seed) {

    /** The optimisers. */
    public enum Method {
        /** SGD with Nesterov momentum 0.9. */
        SGD,
        /** Adam with decoupled weight decay. */
        ADAMW
    }

    /** The courses of the learning rate. */
    public enum Course {
        CONSTANT,
        /** A tenth of it after half, and again after three quarters of the steps. */
        STEPS,
        /** A twentieth of the steps of linear warm-up, then half a cosine to 0. */
        COSINE,
        /** Up in the first quarter of the steps, down in the rest; see {@link Schedule#oneCycle}. */
        ONE_CYCLE
    }

    private static final double MOMENTUM = 0.9;

    /** @throws ShapeException when a number makes no sense */
    public TrainingPlan {
        if (epochs < 1 || batchSize < 1 || !(learningRate > 0) || !(weightDecay >= 0) || !(clipNorm >= 0)) {
            throw new ShapeException("training needs at least 1 epoch and 1 picture per batch, a learning rate above 0,"
                    + " and no negative decay or clipping, but found " + epochs + " epochs, batches of " + batchSize
                    + ", learning rate " + learningRate + ", weight decay " + weightDecay + ", clipping " + clipNorm);
        }
    }

    Optimizer optimizer(Map<String, Parameter> parameters) {
        WeightDecay decay = WeightDecay.ofWeights(weightDecay);
        return switch (method) {
            case SGD -> Sgd.withNesterov(parameters, MOMENTUM, decay);
            case ADAMW -> new Adam(parameters, Adam.Settings.DEFAULT.withDecay(decay));
        };
    }

    Schedule schedule(long stepsPerEpoch) {
        long total = stepsPerEpoch * epochs;
        return switch (course) {
            case CONSTANT -> Schedule.constant(learningRate);
            case STEPS -> Schedule.steps(learningRate, 0.1, total / 2, total * 3 / 4);
            case COSINE -> Schedule.cosine(learningRate, 0, total / 20, total);
            case ONE_CYCLE -> Schedule.oneCycle(learningRate, 0.25, total);
        };
    }
}
