package dev.backlight.attribution.learn;

import dev.backlight.attribution.method.Question;
import dev.backlight.attribution.rule.Site;
import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@link MaskObjective} and its gradient recorded once, to be replayed by every step of a training run. The pass over the
 * unmasked images depends on no logit, so it runs once, and only what the backward pass looks at stays in memory.
 */
final class ObjectiveProgram {
    private static final int LOSS = 0;
    private static final int RELEVANCE = 1;
    private static final int MASK = 2;
    private static final int GRADIENTS = 3;

    private final TensorProgram program;
    private final List<Site> sites;
    private Tensor scale;

    /** What a step needs: the loss before it, and its gradients, one per site. */
    record Slope(Tensor loss, List<Tensor> gradients) {}

    /** What a training run ends with. */
    record Result(Tensor loss, Tensor relevance, Tensor mask) {}

    /** Records the objective of a batch. */
    ObjectiveProgram(Question question, RuleSettings settings) {
        Tensor like = question.input();
        Shape perImage = Shape.of(question.size(), 1, 1, 1);
        scale = Tensor.full(like.backend(), like.dtype(), perImage, 1);
        try (Recording recording = Recording.open()) {
            MaskObjective objective = new MaskObjective(question, settings);
            sites = objective.sites();
            Tape tape = new Tape();
            List<Tensor> leaves = sites.stream()
                    .map(site -> RuleParameters.shape(site, settings))
                    .map(shape -> tape.watch(recording.input(like.backend(), like.dtype(), shape)))
                    .toList();
            objective.useScale(recording.inputLike(scale));
            MaskObjective.Evaluation evaluation = objective.evaluate(leaves);
            List<Tensor> results =
                    new ArrayList<>(List.of(evaluation.loss(), evaluation.relevance(), evaluation.mask()));
            results.addAll(tape.gradient(evaluation.loss(), leaves, Walk.PLAIN));
            program = recording.program(results);
        }
    }

    /** Where rules act in the network, in forward order. */
    List<Site> sites() {
        return sites;
    }

    /** Fixes the masks' scale at the mean relevance under these logits; it stays with this object's scope. */
    void fixScale(List<Tensor> ruleLogits) {
        Tensor relevance = program.run(inputs(ruleLogits), RELEVANCE).getFirst();
        scale = MaskObjective.scaleOf(relevance);
    }

    Slope slope(List<Tensor> ruleLogits) {
        int[] wanted = IntStream.range(GRADIENTS - 1, GRADIENTS + sites.size()).toArray();
        wanted[0] = LOSS;
        List<Tensor> results = program.run(inputs(ruleLogits), wanted);
        return new Slope(results.getFirst(), results.subList(1, results.size()));
    }

    Result result(List<Tensor> ruleLogits) {
        List<Tensor> results = program.run(inputs(ruleLogits), LOSS, RELEVANCE, MASK);
        return new Result(results.get(0), results.get(1), results.get(2));
    }

    private List<Tensor> inputs(List<Tensor> ruleLogits) {
        List<Tensor> inputs = new ArrayList<>(ruleLogits);
        inputs.add(scale);
        return inputs;
    }
}
