package dev.backlight.engine.nn;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.shape.ShapeException;

/**
 * In training drops elements with a probability p and scales the others by 1/(1 − p) (Srivastava et al. 2014); in
 * evaluation does nothing.
 */
public final class Dropout extends Layer {
    private final double probability;

    /** @throws ShapeException when the probability is not in [0, 1) */
    public Dropout(double probability) {
        if (!(probability >= 0 && probability < 1)) {
            throw new ShapeException("dropout needs a probability of at least 0 and below 1, but found " + probability);
        }
        this.probability = probability;
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        return pass.isTraining() ? Neural.dropout(x, probability, pass.nextSeed()) : x;
    }
}
