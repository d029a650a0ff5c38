package dev.backlight.attribution.method;

import dev.backlight.attribution.rule.FixedRule;
import dev.backlight.attribution.rule.Rule;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Ops;
import java.util.List;

/**
 * The gradient of the target's logit with respect to the input, taken under a rule; optionally multiplied by the input.
 * With {@link FixedRule#GRADIENT} this is saliency (Simonyan et al. 2014) or input×gradient (Shrikumar et al. 2016).
 */
public record InputGradient(String name, Rule rule, boolean timesInput) implements Attributor {
    /** |gradient|. */
    public static InputGradient saliency() {
        return new InputGradient("saliency", FixedRule.GRADIENT, false);
    }

    /** Input × gradient. */
    public static InputGradient multiplied() {
        return new InputGradient("input-x-gradient", FixedRule.GRADIENT, true);
    }

    /** The input gradient under a rule, under the rule's name. */
    public static InputGradient under(Rule rule) {
        return new InputGradient(rule.name(), rule, false);
    }

    @Override
    public Attribution attribute(Question question, Progress progress) {
        try (Scope scope = Scope.open()) {
            Tensor values = values(question);
            progress.update(1, 1);
            return new Attribution(scope.keep(values), timesInput);
        }
    }

    /** The maps alone, {@code N×C×H×W}. */
    Tensor values(Question question) {
        Tensor gradient = of(question, rule);
        return timesInput ? Ops.mul(gradient, question.input()) : gradient;
    }

    /** The input gradient of the summed target logits under a rule, {@code N×C×H×W}. */
    public static Tensor of(Question question, Rule rule) {
        Tape tape = new Tape();
        Tensor x = tape.watch(question.input());
        Tensor score = Ops.sum(Targets.pick(question.network().apply(x), question.targets()));
        return tape.gradient(score, List.of(x), Walk.under(rule.propagations())).getFirst();
    }
}
