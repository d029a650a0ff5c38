package dev.backlight.attribution.learn;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.optim.Adam;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam on the logits of rules, in place and in whichever order their elements lie; its moments live in the scope that is open.
 */
public final class LogitOptimizer {
    private static final Adam.Settings CONSTANTS = Adam.Settings.DEFAULT;

    private final List<Tensor> logits;
    private final List<Tensor> firstMoments = new ArrayList<>();
    private final List<Tensor> secondMoments = new ArrayList<>();
    private long steps;

    /** Trains these logits, from where they are. */
    public LogitOptimizer(List<Tensor> logits) {
        this.logits = List.copyOf(logits);
        for (Tensor logit : logits) {
            firstMoments.add(zeros(logit));
            secondMoments.add(zeros(logit));
        }
    }

    List<Tensor> logits() {
        return logits;
    }

    /** How many steps were taken. */
    long steps() {
        return steps;
    }

    /** One step, in place; a gradient has the order of elements of its logits. */
    public void step(List<Tensor> gradients, double learningRate) {
        steps++;
        Primitive adam = new Primitive.AdamStep(
                learningRate, CONSTANTS.beta1(), CONSTANTS.beta2(), CONSTANTS.epsilon(), 0, steps);
        for (int i = 0; i < logits.size(); i++) {
            Tensor parameter = logits.get(i);
            parameter
                    .backend()
                    .execute(
                            adam,
                            List.of(
                                    gradients.get(i).array(),
                                    firstMoments.get(i).array(),
                                    secondMoments.get(i).array()),
                            parameter.array());
        }
    }

    private static Tensor zeros(Tensor like) {
        return Tensor.full(like.backend(), like.dtype(), like.shape(), 0);
    }
}
