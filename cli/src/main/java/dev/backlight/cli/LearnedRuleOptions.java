package dev.backlight.cli;

import dev.backlight.attribution.learn.RuleSettings;
import dev.backlight.attribution.learn.Sharing;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.engine.shape.BacklightException;
import java.util.List;
import picocli.CommandLine.Option;

/** How the learned rule is trained; what is not given stays as in {@link RuleSettings#DEFAULT}. */
final class LearnedRuleOptions {
    private static final RuleSettings USUAL = RuleSettings.DEFAULT;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Training steps per picture (default: ${DEFAULT-VALUE}).")
    private int steps = USUAL.steps();

    @Option(names = "--learning-rate", paramLabel = "R", description = "Of Adam (default: ${DEFAULT-VALUE}).")
    private double learningRate = USUAL.learningRate();

    @Option(
            names = "--start",
            paramLabel = "A,B,C",
            split = ",",
            description = "First values of the logits a, b, c (default: ${DEFAULT-VALUE}; 3,-3,-5 is near guided"
                    + " backpropagation).")
    private List<Double> start =
            List.of(USUAL.start().a(), USUAL.start().b(), USUAL.start().c());

    @Option(
            names = "--complement",
            paramLabel = "D",
            description = "Weight of the rest of the image losing the decision (default: ${DEFAULT-VALUE}).")
    private double complement = USUAL.complement();

    @Option(
            names = "--sparsity",
            paramLabel = "L",
            description = "Weight of the mask's mean (default: ${DEFAULT-VALUE}).")
    private double sparsity = USUAL.size();

    @Option(
            names = "--guidance",
            paramLabel = "M",
            description = "Weight of staying near the whole original output (default: ${DEFAULT-VALUE}).")
    private double guidance = USUAL.guidance();

    @Option(
            names = "--relevance",
            paramLabel = "KIND",
            description = "What the mask is made of: gradient_x_input or gradient (default: ${DEFAULT-VALUE}).")
    private Relevance relevance = USUAL.timesInput() ? Relevance.GRADIENT_X_INPUT : Relevance.GRADIENT;

    @Option(
            names = "--fill",
            paramLabel = "KIND",
            description = "What masked pixels become: zero or blur (default: ${DEFAULT-VALUE}).")
    private Baseline fill = USUAL.fill();

    @Option(
            names = "--smoothing",
            paramLabel = "N",
            description =
                    "Side of a mean filter on the relevance before the mask, odd; 1 for none (default: ${DEFAULT-VALUE}).")
    private int smoothing = USUAL.smoothing();

    @Option(
            names = "--share",
            paramLabel = "WHAT",
            description = "Who shares logits: nothing, images, pixels, channels, layer (default: ${DEFAULT-VALUE}).")
    private Sharing sharing = USUAL.sharing();

    @Option(names = "--max-pool-rules", description = "Learn rules at max-pools too.")
    private boolean maxPools = USUAL.maxPools();

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Stop after N steps without improvement, 0 for never (default: ${DEFAULT-VALUE}).")
    private int patience = USUAL.patience();

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
        return new RuleSettings(
                steps,
                learningRate,
                logits(start),
                complement,
                sparsity,
                guidance,
                relevance == Relevance.GRADIENT_X_INPUT,
                fill,
                smoothing,
                sharing,
                maxPools,
                patience,
                seed);
    }

    private static RuleSettings.Logits logits(List<Double> values) {
        if (values.size() != 3) {
            throw new BacklightException("--start needs three numbers A,B,C, but found " + values);
        }
        return new RuleSettings.Logits(values.get(0), values.get(1), values.get(2));
    }
}
