package dev.backlight.attribution.learn;

import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.method.Progress;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Attribution by a rule that is trained on the very images it explains: the relevance r under the trained rule. An image's
 * map depends on the images beside it by rounding only: where training a batch would let them meet, because they share logits or
 * stop together, each is trained alone. The trace is the loss summed over the batch; an image that stopped keeps its last.
 */
public record LearnedRuleMethod(String name, RuleSettings settings) implements Attributor {
    public LearnedRuleMethod(RuleSettings settings) {
        this("learned", settings);
    }

    @Override
    public Attribution attribute(Question question, Progress progress) {
        return question.size() <= 1 || isTogether() ? together(question, progress) : oneByOne(question, progress);
    }

    @Override
    public boolean fits(Question question) {
        return !isTogether() || new RuleTrainer(settings).fits(question);
    }

    @Override
    public Optional<Attribution> attributeIfFits(Question question, Progress progress) {
        if (!isTogether()) {
            return Optional.of(attribute(question, progress));
        }
        try (Scope scope = Scope.open()) {
            return new RuleTrainer(settings)
                    .trainIfFits(question, progress)
                    .map(trained -> attribution(trained, scope));
        }
    }

    /** Whether images of a batch would not meet. */
    private boolean isTogether() {
        return settings.sharing() == Sharing.NOTHING && settings.patience() == 0;
    }

    private Attribution together(Question question, Progress progress) {
        try (Scope scope = Scope.open()) {
            TrainedRule trained = new RuleTrainer(settings).train(question, progress);
            return attribution(trained, scope);
        }
    }

    private static Attribution attribution(TrainedRule trained, Scope scope) {
        return new Attribution(scope.keep(trained.relevance()), false, trained.losses());
    }

    private Attribution oneByOne(Question question, Progress progress) {
        try (Scope scope = Scope.open()) {
            int[] targets = question.targets();
            List<Tensor> maps = new ArrayList<>();
            double[] trace = new double[settings.steps() + 1];
            int longest = 0;
            for (int n = 0; n < targets.length; n++) {
                Tensor image = Ops.slice(question.input(), 0, n, n + 1);
                long before = (long) n * settings.steps();
                long total = (long) targets.length * settings.steps();
                Attribution one = together(
                        new Question(question.network(), image, new int[] {targets[n]}),
                        (done, _) -> progress.update(before + done, total));
                maps.add(one.values());
                addTo(trace, one.trace());
                longest = Math.max(longest, one.trace().length);
            }
            return new Attribution(scope.keep(Shapes.concat(0, maps)), false, Arrays.copyOf(trace, longest));
        }
    }

    private static void addTo(double[] sums, double[] losses) {
        for (int step = 0; step < sums.length; step++) {
            sums[step] += losses[Math.min(step, losses.length - 1)];
        }
    }
}
