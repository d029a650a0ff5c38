package dev.backlight.attribution.learn;

import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.method.Progress;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.backend.Scope;

/** Attribution by a rule that is trained on the very images it explains: the relevance r under the trained rule. */
public record LearnedRuleMethod(String name, RuleSettings settings) implements Attributor {
    public LearnedRuleMethod(RuleSettings settings) {
        this("learned", settings);
    }

    @Override
    public Attribution attribute(Question question, Progress progress) {
        try (Scope scope = Scope.open()) {
            TrainedRule trained = new RuleTrainer(settings).train(question, progress);
            return new Attribution(scope.keep(trained.relevance()), false, trained.losses());
        }
    }
}
