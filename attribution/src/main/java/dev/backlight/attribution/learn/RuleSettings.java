package dev.backlight.attribution.learn;

import dev.backlight.attribution.method.Baseline;
import dev.backlight.engine.shape.BacklightException;
import java.util.Locale;

/**
 * Everything that decides how a rule is trained. The loss of one image, with mask m and fill z, is
 *
 * <pre>CE(f(x⊙m + z⊙(1−m)), t) + δ·softmax(f(x⊙(1−m) + z⊙m))_t + λ·mean(m) + μ·KL(f(x) ‖ f(masked))</pre>
 *
 * and m = tanh(r/s), with the relevance r and its mean s at step 0.
 *
 * @param steps of Adam
 * @param learningRate of Adam (β 0.9 and 0.999, ε 1e-8)
 * @param start first values of the logits a, b, c
 * @param complement δ, the weight of the complement losing the decision
 * @param size λ, the weight of the mask's mean
 * @param guidance μ, the weight of staying near the whole original output
 * @param timesInput relevance Σ|g⊙x| rather than Σ|g|
 * @param fill z
 * @param smoothing side of the mean filter on the relevance, odd; 1 for none
 * @param sharing which elements share logits
 * @param maxPools whether max-pools carry rules too
 * @param patience steps without improvement of the loss by a thousandth after which to stop; 0 never stops early
 * @param seed of the order in which batches of a data set come
 */
public record RuleSettings(
        int steps,
        double learningRate,
        Logits start,
        double complement,
        double size,
        double guidance,
        boolean timesInput,
        Baseline fill,
        int smoothing,
        Sharing sharing,
        boolean maxPools,
        int patience,
        long seed) {
    /** First values of the three logits. */
    public record Logits(double a, double b, double c) {
        /** Near guided backpropagation, from where training goes well. */
        public static final Logits GUIDED = new Logits(3, -3, -5);

        /** Near the plain gradient. */
        public static final Logits GRADIENT = new Logits(5, 5, -5);

        /** Near the deconvnet. */
        public static final Logits DECONVNET = new Logits(3, -3, 3);
    }

    /**
     * What did best in our studies: 60 steps per image from a guided start, with the blurred image as fill; the figures are
     * in {@code docs/learned-rules.md}.
     */
    public static final RuleSettings DEFAULT =
            new RuleSettings(60, 0.1, Logits.GUIDED, 1, 1, 0, true, Baseline.BLUR, 1, Sharing.NOTHING, false, 0, 0);

    public RuleSettings {
        require(steps >= 0, "at least 0 steps", steps);
        require(learningRate > 0 && Double.isFinite(learningRate), "a positive learning rate", learningRate);
        require(smoothing >= 1 && smoothing % 2 == 1, "an odd side of the mean filter", smoothing);
        requireWeight("δ, the complement's,", complement);
        requireWeight("λ, the mask's mean's,", size);
        requireWeight("μ, the guidance's,", guidance);
        require(patience >= 0, "a patience of at least 0", patience);
    }

    public RuleSettings withSteps(int newSteps) {
        return new RuleSettings(
                newSteps,
                learningRate,
                start,
                complement,
                size,
                guidance,
                timesInput,
                fill,
                smoothing,
                sharing,
                maxPools,
                patience,
                seed);
    }

    public RuleSettings withFill(Baseline newFill) {
        return new RuleSettings(
                steps,
                learningRate,
                start,
                complement,
                size,
                guidance,
                timesInput,
                newFill,
                smoothing,
                sharing,
                maxPools,
                patience,
                seed);
    }

    public RuleSettings withSharing(Sharing newSharing) {
        return new RuleSettings(
                steps,
                learningRate,
                start,
                complement,
                size,
                guidance,
                timesInput,
                fill,
                smoothing,
                newSharing,
                maxPools,
                patience,
                seed);
    }

    /** All settings in one line, for results. */
    public String describe() {
        return ("%d steps of Adam at %s from a, b, c = %s, %s, %s; complement %s, sparsity %s, guidance %s; relevance %s;"
                        + " fill %s; smoothing %d; sharing %s; max-pool rules %s; patience %d; seed %d")
                .formatted(
                        steps,
                        learningRate,
                        start.a(),
                        start.b(),
                        start.c(),
                        complement,
                        size,
                        guidance,
                        timesInput ? "gradient-x-input" : "gradient",
                        fill.label(),
                        smoothing,
                        sharing.name().toLowerCase(Locale.ROOT),
                        maxPools ? "yes" : "no",
                        patience,
                        seed);
    }

    private static void requireWeight(String which, double weight) {
        require(weight >= 0 && Double.isFinite(weight), "a finite weight " + which + " of at least 0", weight);
    }

    private static void require(boolean holds, String expected, Number found) {
        if (!holds) {
            throw new BacklightException("training a rule needs " + expected + ", but found " + found);
        }
    }
}
