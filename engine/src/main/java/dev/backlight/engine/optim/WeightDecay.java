package dev.backlight.engine.optim;

import dev.backlight.engine.nn.Parameter;

/**
 * How strongly parameters are drawn to zero.
 *
 * @param weights for convolutions and matrices
 * @param vectors for biases and the scales and shifts of normalisations; 0 leaves them free, as is common
 */
public record WeightDecay(double weights, double vectors) {
    /** No decay. */
    public static final WeightDecay NONE = new WeightDecay(0, 0);

    /** The same for every parameter. */
    public static WeightDecay everywhere(double amount) {
        return new WeightDecay(amount, amount);
    }

    /** Convolutions and matrices only. */
    public static WeightDecay ofWeights(double amount) {
        return new WeightDecay(amount, 0);
    }

    double of(Parameter parameter) {
        return parameter.shape().rank() > 1 ? weights : vectors;
    }
}
