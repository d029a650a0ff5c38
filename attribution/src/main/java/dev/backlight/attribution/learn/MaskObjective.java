package dev.backlight.attribution.learn;

import static dev.backlight.engine.op.Neural.logSoftmax;
import static dev.backlight.engine.op.Neural.tanh;
import static dev.backlight.engine.op.Ops.abs;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.div;
import static dev.backlight.engine.op.Ops.exp;
import static dev.backlight.engine.op.Ops.meanKeeping;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.neg;
import static dev.backlight.engine.op.Ops.slice;
import static dev.backlight.engine.op.Ops.sub;
import static dev.backlight.engine.op.Ops.sum;
import static dev.backlight.engine.op.Ops.sumKeeping;
import static dev.backlight.engine.op.Shapes.concat;

import dev.backlight.attribution.method.Question;
import dev.backlight.attribution.method.Targets;
import dev.backlight.attribution.rule.Site;
import dev.backlight.engine.autodiff.PropagationMap;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The loss of {@link RuleSettings} for one batch. The network's pass over the unmasked images does not depend on the rules,
 * so it is recorded once, here, and walked anew by every evaluation; it lives in the scope this objective was made in.
 */
public final class MaskObjective {
    /** Keeps an image whose relevance is zero everywhere from dividing by zero; its mask is then zero. */
    private static final double TINY = 1e-30;

    /**
     * One evaluation. All but {@code loss} are per image.
     *
     * @param loss summed over the batch, a scalar
     * @param losses the same per image, of size N
     * @param mask {@code N×1×H×W}
     * @param relevance r, {@code N×1×H×W}
     * @param gradient g, {@code N×C×H×W}
     */
    public record Evaluation(Tensor loss, Tensor losses, Tensor mask, Tensor relevance, Tensor gradient) {}

    private final Layer network;
    private final Tensor images;
    private final RuleSettings settings;
    private final Tape tape = new Tape();
    private final Tensor watched;
    private final Tensor logits;
    private final Tensor score;
    private final Tensor fill;
    private final Tensor oneHot;
    private final List<Site> sites;
    private final @Nullable Scope home = Scope.current();
    private @Nullable Tensor scale;

    /** Records the pass over the unmasked images. */
    public MaskObjective(Question question, RuleSettings settings) {
        this(question.network(), question.input(), logits -> Targets.oneHot(logits, question.targets()), settings);
    }

    /**
     * The same with targets that may be numbers of a later run.
     *
     * @param targets gives, for logits {@code N×K}, zeros of that shape with a 1 at each image's target
     */
    MaskObjective(Layer network, Tensor images, UnaryOperator<Tensor> targets, RuleSettings settings) {
        this.network = network;
        this.images = images;
        this.settings = settings;
        watched = tape.watch(images);
        Tensor output = network.apply(watched);
        logits = output.detached();
        oneHot = targets.apply(logits);
        score = sum(mul(output, oneHot));
        fill = settings.fill().of(images);
        sites = Site.on(tape, settings.maxPools());
    }

    /** Where rules act in this network, in forward order. */
    public List<Site> sites() {
        return sites;
    }

    /** The network's output for the unmasked images, {@code N×K}. */
    public Tensor logits() {
        return logits;
    }

    /** The masks' scale s, {@code N×1×1×1}: fixed by the first evaluation. */
    public @Nullable Tensor scale() {
        return scale;
    }

    /** The loss under rules with these logits, one tensor per site; recorded on the logits' tape. */
    public Evaluation evaluate(List<Tensor> ruleLogits) {
        Tensor gradient = gradient(ruleLogits);
        Tensor relevance = relevanceOf(gradient);
        Tensor mask = tanh(div(relevance, fixedScale(relevance)));
        Tensor losses = losses(mask);
        return new Evaluation(sum(losses), losses, mask, relevance, gradient);
    }

    /** The relevance r alone, {@code N×1×H×W}. */
    public Tensor relevance(List<Tensor> ruleLogits) {
        return relevanceOf(gradient(ruleLogits));
    }

    /** Uses a given scale, {@code N×1×1×1}, rather than one of its own. */
    void useScale(Tensor given) {
        scale = given;
    }

    /** The scale that an evaluation with this relevance fixes when it is the first. */
    static Tensor scaleOf(Tensor relevance) {
        return add(meanKeeping(relevance.detached(), 1, 2, 3), TINY);
    }

    /** Fixes the masks' scale at the mean relevance under these logits rather than those of the first evaluation. */
    public void fixScale(List<Tensor> ruleLogits) {
        try (Scope scope = Scope.open()) {
            scale = null;
            fixedScale(relevance(ruleLogits));
        }
    }

    private Tensor gradient(List<Tensor> ruleLogits) {
        PropagationMap rules = RuleParameters.propagations(sites, ruleLogits);
        return tape.gradient(score, List.of(watched), Walk.under(rules)).getFirst();
    }

    private Tensor relevanceOf(Tensor gradient) {
        Tensor weighted = settings.timesInput() ? mul(gradient, images) : gradient;
        Tensor relevance = sumKeeping(abs(weighted), 1);
        int side = settings.smoothing();
        return side == 1
                ? relevance
                : Neural.avgPool(relevance, WindowGeometry.square(side, 1, side / 2), false, false);
    }

    private Tensor fixedScale(Tensor relevance) {
        Tensor known = scale;
        if (known == null) {
            known = scaleOf(relevance);
            scale = known;
            Scope.adopt(known.storage(), home);
        }
        return known;
    }

    /** One loss per image. */
    private Tensor losses(Tensor mask) {
        Tensor x = images;
        int n = x.shape().size(0);
        Tensor part = mul(sub(x, fill), mask);
        Tensor masked = add(part, fill);
        boolean withComplement = settings.complement() > 0;
        // x⊙(1−m) + z⊙m = x − (x−z)⊙m; both go through the network as one batch
        Tensor both = withComplement ? concat(0, masked, sub(x, part)) : masked;
        Tensor logProbabilities = logSoftmax(network.apply(both), 1);
        Tensor kept = withComplement ? slice(logProbabilities, 0, 0, n) : logProbabilities;
        Tensor losses = add(neg(sum(mul(kept, oneHot), 1)), mul(meanOf(mask), settings.size()));
        if (withComplement) {
            Tensor lost = exp(sum(mul(slice(logProbabilities, 0, n, 2 * n), oneHot), 1));
            losses = add(losses, mul(lost, settings.complement()));
        }
        return settings.guidance() > 0 ? add(losses, mul(divergence(kept), settings.guidance())) : losses;
    }

    private static Tensor meanOf(Tensor mask) {
        return Ops.mean(mask, 1, 2, 3);
    }

    /** KL(f(x) ‖ f(masked)) per image. */
    private Tensor divergence(Tensor kept) {
        Tensor original = logSoftmax(logits, 1);
        return sum(mul(exp(original), sub(original, kept)), 1);
    }
}
