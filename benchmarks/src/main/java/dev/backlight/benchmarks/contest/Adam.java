package dev.backlight.benchmarks.contest;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam's work on copies of parameters: what it takes is part of a step, while the parameters themselves stay, so that every
 * run computes the same.
 */
final class Adam {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final List<Tensor> copies = new ArrayList<>();
    private final List<Tensor> firstMoments = new ArrayList<>();
    private final List<Tensor> secondMoments = new ArrayList<>();
    private long steps;

    Adam(List<Tensor> parameters) {
        for (Tensor parameter : parameters) {
            Tensor copy = zeros(parameter);
            copy.backend().execute(new Primitive.Cast(), List.of(parameter.array()), copy.array());
            copies.add(copy);
            firstMoments.add(zeros(parameter));
            secondMoments.add(zeros(parameter));
        }
    }

    void step(List<Tensor> gradients) {
        Primitive adam =
                new Primitive.AdamStep(LearnedRuleStep.SETTINGS.learningRate(), BETA1, BETA2, EPSILON, 0, ++steps);
        for (int i = 0; i < copies.size(); i++) {
            Tensor copy = copies.get(i);
            copy.backend()
                    .execute(
                            adam,
                            List.of(
                                    gradients.get(i).array(),
                                    firstMoments.get(i).array(),
                                    secondMoments.get(i).array()),
                            copy.array());
        }
    }

    private static Tensor zeros(Tensor like) {
        return Tensor.full(like.backend(), like.dtype(), like.shape(), 0);
    }
}
