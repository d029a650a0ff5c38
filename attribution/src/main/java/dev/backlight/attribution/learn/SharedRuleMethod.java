package dev.backlight.attribution.learn;

import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.method.Progress;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.backend.Scope;

/**
 * Attribution by a rule that was trained on other images: one forward and one backward pass. Rules with logits per pixel
 * explain images of the size that they were trained on only.
 */
public record SharedRuleMethod(String name, RuleSettings settings, RuleParameters parameters) implements Attributor {
    @Override
    public Attribution attribute(Question question, Progress progress) {
        try (Scope scope = Scope.open()) {
            MaskObjective objective = new MaskObjective(question, settings);
            RuleParameters.requireFit(objective.sites(), parameters.logits());
            Attribution attribution = new Attribution(scope.keep(objective.relevance(parameters.logits())), false);
            progress.update(1, 1);
            return attribution;
        }
    }
}
