package dev.backlight.attribution.learn;

import dev.backlight.attribution.rule.LearnedPropagation;
import dev.backlight.attribution.rule.Site;
import dev.backlight.engine.autodiff.PropagationMap;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The logits of every site, with Adam's moments. They live in the scope in which they were made. */
public final class RuleParameters {
    private final List<Site> sites;
    private final LogitOptimizer optimizer;

    /** First values for sites found on a tape. */
    public RuleParameters(List<Site> sites, RuleSettings settings, Backend backend, DType dtype) {
        this(
                sites,
                sites.stream()
                        .map(site -> first(site, settings, backend, dtype))
                        .toList());
    }

    /**
     * Given values, one tensor {@code 3×…} per site, broadcasting to {@code 3×activation}. They are trained in place.
     *
     * @throws ShapeException when a tensor does not fit its site
     */
    public RuleParameters(List<Site> sites, List<Tensor> logits) {
        this.sites = List.copyOf(sites);
        requireFit(sites, logits);
        optimizer = new LogitOptimizer(logits);
    }

    public List<Site> sites() {
        return sites;
    }

    /** One tensor {@code 3×…} per site: a, b and c. */
    public List<Tensor> logits() {
        return optimizer.logits();
    }

    /** How many steps of Adam were taken. */
    public long steps() {
        return optimizer.steps();
    }

    /** The logits as leaves of a tape. */
    public List<Tensor> watchedBy(Tape tape) {
        return logits().stream().map(tape::watch).toList();
    }

    /** The rules with the given logits, at the applications with the given sites' positions. */
    public static PropagationMap propagations(List<Site> at, List<Tensor> logits) {
        requireCount(at, logits);
        Map<Integer, LearnedPropagation> byIndex = new HashMap<>();
        for (int i = 0; i < at.size(); i++) {
            byIndex.put(at.get(i).index(), new LearnedPropagation(logits.get(i)));
        }
        return application -> byIndex.get(application.index());
    }

    LogitOptimizer optimizer() {
        return optimizer;
    }

    /** One step of Adam, in place. */
    public void step(List<Tensor> gradients, double learningRate) {
        optimizer.step(gradients, learningRate);
    }

    /** The sites may be those of other images than the logits were made for. */
    static void requireFit(List<Site> sites, List<Tensor> logits) {
        requireCount(sites, logits);
        for (int i = 0; i < logits.size(); i++) {
            Shape full = sites.get(i).shape().insert(0, 3);
            Shape found = logits.get(i).shape();
            if (found.rank() != full.rank() || !found.broadcastsTo(full) || found.size(0) != 3) {
                throw new ShapeException("the rule at " + sites.get(i) + " needs logits that broadcast to " + full
                        + ", but found " + found);
            }
        }
    }

    private static void requireCount(List<Site> sites, List<Tensor> logits) {
        if (sites.size() != logits.size()) {
            throw new ShapeException("rules for " + logits.size() + " non-linearities do not fit a network with "
                    + sites.size() + "; train them on this network");
        }
    }

    /** {@code 3×…}: what a site's logits take under the settings' sharing. */
    static Shape shape(Site site, RuleSettings settings) {
        return settings.sharing().logits(site.shape());
    }

    /** The logits that training begins with. */
    static Tensor first(Site site, RuleSettings settings, Backend backend, DType dtype) {
        Shape plane = shape(site, settings).with(0, 1);
        RuleSettings.Logits start = settings.start();
        return Shapes.concat(
                0,
                Tensor.full(backend, dtype, plane, start.a()),
                Tensor.full(backend, dtype, plane, start.b()),
                Tensor.full(backend, dtype, plane, start.c()));
    }
}
