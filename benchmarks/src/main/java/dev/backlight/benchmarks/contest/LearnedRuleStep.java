package dev.backlight.benchmarks.contest;

import dev.backlight.attribution.learn.MaskObjective;
import dev.backlight.attribution.learn.RuleSettings;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import java.util.ArrayList;
import java.util.List;

/**
 * The first step of training the learned rule, before Adam's: with relevance r of the images under rules of three logits per
 * activation, and fills of 0,
 *
 * <pre>m = tanh(r / mean(r) per image),   r = Σ_c|g ⊙ x|
 * loss = Σ over images of  cross-entropy(f(x ⊙ m), t) + δ·softmax(f(x ⊙ (1 − m)))_t + λ·mean(m)</pre>
 *
 * with mean(r) held constant, and its gradient with respect to all logits. A pure function of images and logits.
 *
 * @see MaskObjective
 */
public final class LearnedRuleStep {
    /** What training starts from, with fills of 0. */
    public static final RuleSettings SETTINGS = RuleSettings.DEFAULT.withFill(Baseline.ZERO);

    private LearnedRuleStep() {}

    /** The loss, and its gradients with respect to the logits, {@code 3×N×…} per rectifier. */
    static List<Tensor> of(Question question, List<Tensor> logits) {
        Tape tape = new Tape();
        List<Tensor> leaves = logits.stream().map(tape::watch).toList();
        Tensor loss = new MaskObjective(question, SETTINGS).evaluate(leaves).loss();
        List<Tensor> results = new ArrayList<>(List.of(loss));
        results.addAll(tape.gradient(loss, leaves, Walk.PLAIN));
        return results;
    }
}
