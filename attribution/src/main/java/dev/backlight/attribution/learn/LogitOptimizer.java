package dev.backlight.attribution.learn;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam on the logits of rules, in place and in whichever order their elements lie; its moments live in the scope that is open.
 */
final class LogitOptimizer {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final List<Tensor> logits;
    private final List<Tensor> firstMoments = new ArrayList<>();
    private final List<Tensor> secondMoments = new ArrayList<>();
    private long steps;

    LogitOptimizer(List<Tensor> logits) {
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

    void step(List<Tensor> gradients, double learningRate) {
        steps++;
        Primitive adam = new Primitive.AdamStep(learningRate, BETA1, BETA2, EPSILON, 0, steps);
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
