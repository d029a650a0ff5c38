package dev.backlight.cli;

import dev.backlight.attribution.learn.RuleSettings;
import dev.backlight.attribution.learn.Sharing;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.engine.shape.BacklightException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the learned rule is trained; what is not given stays as in {@link RuleSettings#DEFAULT}. */
final class LearnedRuleOptions {
    @Option(names = "--steps", paramLabel = "N", description = "Training steps per image (default: 60).")
    private @Nullable Integer steps;

    @Option(names = "--learning-rate", paramLabel = "R", description = "Of Adam (default: 0.1).")
    private @Nullable Double learningRate;

    @Option(
            names = "--start",
            paramLabel = "A,B,C",
            split = ",",
            description = "First values of the logits a, b, c (default: 3,-3,-5, near guided backpropagation).")
    private @Nullable List<Double> start;

    @Option(
            names = "--complement",
            paramLabel = "D",
            description = "Weight of the rest of the image losing the decision (default: 1).")
    private @Nullable Double complement;

    @Option(names = "--sparsity", paramLabel = "L", description = "Weight of the mask's mean (default: 1).")
    private @Nullable Double sparsity;

    @Option(
            names = "--guidance",
            paramLabel = "M",
            description = "Weight of staying near the whole original output (default: 0).")
    private @Nullable Double guidance;

    @Option(
            names = "--relevance",
            paramLabel = "KIND",
            description = "What the mask is made of: gradient-x-input (default) or gradient.")
    private @Nullable Relevance relevance;

    @Option(names = "--fill", paramLabel = "KIND", description = "What masked pixels become: blur (default) or zero.")
    private @Nullable Baseline fill;

    @Option(
            names = "--smoothing",
            paramLabel = "N",
            description = "Side of a mean filter on the relevance before the mask, odd (default: 1, none).")
    private @Nullable Integer smoothing;

    @Option(
            names = "--share",
            paramLabel = "WHAT",
            description = "Let logits be shared by: nothing (default), images, pixels, channels, layer.")
    private @Nullable Sharing sharing;

    @Option(names = "--max-pool-rules", description = "Learn rules at max-pools too.")
    private boolean maxPools;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Stop after N steps without improvement (default: 0, never).")
    private @Nullable Integer patience;

    /** Σ|g⊙x| or Σ|g|. */
    enum Relevance {
        GRADIENT,
        GRADIENT_X_INPUT;

        @Override
        public String toString() {
            return this == GRADIENT ? "gradient" : "gradient-x-input";
        }
    }

    /**
     * The settings asked for.
     *
     * @throws BacklightException when one makes no sense
     */
    RuleSettings settings(long seed) {
        RuleSettings usual = RuleSettings.DEFAULT;
        return new RuleSettings(
                or(steps, usual.steps()),
                or(learningRate, usual.learningRate()),
                start == null ? usual.start() : logits(start),
                or(complement, usual.complement()),
                or(sparsity, usual.size()),
                or(guidance, usual.guidance()),
                relevance == null ? usual.timesInput() : relevance == Relevance.GRADIENT_X_INPUT,
                or(fill, usual.fill()),
                or(smoothing, usual.smoothing()),
                or(sharing, usual.sharing()),
                maxPools || usual.maxPools(),
                or(patience, usual.patience()),
                seed);
    }

    /** In one line, for results. */
    static String describe(RuleSettings s) {
        return "%d steps of Adam at %s from a, b, c = %s, %s, %s; complement %s, sparsity %s, guidance %s; relevance %s; fill %s; smoothing %d"
                .formatted(
                        s.steps(),
                        s.learningRate(),
                        s.start().a(),
                        s.start().b(),
                        s.start().c(),
                        s.complement(),
                        s.size(),
                        s.guidance(),
                        s.timesInput() ? Relevance.GRADIENT_X_INPUT : Relevance.GRADIENT,
                        s.fill().label(),
                        s.smoothing());
    }

    private static RuleSettings.Logits logits(List<Double> values) {
        if (values.size() != 3) {
            throw new BacklightException("--start needs three numbers A,B,C, but found " + values);
        }
        return new RuleSettings.Logits(values.get(0), values.get(1), values.get(2));
    }

    private static <T> T or(@Nullable T given, T usual) {
        return given == null ? usual : given;
    }
}
