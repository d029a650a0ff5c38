package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Constants;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;

/** Picks target classes out of logits. */
public final class Targets {
    private Targets() {}

    /**
     * The logit of each sample's target, as a tensor of size N.
     *
     * @param logits {@code N×K}
     * @throws ShapeException when a target is no class
     */
    public static Tensor pick(Tensor logits, int[] targets) {
        return Ops.sum(Ops.mul(logits, oneHot(logits, targets)), 1);
    }

    /** {@code N×K} zeros with a 1 at each sample's target, of the logits' type. */
    public static Tensor oneHot(Tensor logits, int[] targets) {
        Shape shape = logits.shape();
        if (shape.rank() != 2 || shape.size(0) != targets.length) {
            throw new ShapeException("expected logits N×K for " + targets.length + " targets, but found " + shape);
        }
        double[] ones = new double[(int) shape.elements()];
        for (int n = 0; n < targets.length; n++) {
            if (targets[n] < 0 || targets[n] >= shape.size(1)) {
                throw new ShapeException("target " + targets[n] + " is no class of a network with " + shape.size(1)
                        + " classes (0 to " + (shape.size(1) - 1) + ")");
            }
            ones[n * shape.size(1) + targets[n]] = 1;
        }
        return Constants.of(logits, shape, ones);
    }
}
