package dev.backlight.attribution.learn;

import dev.backlight.attribution.rule.LearnedPropagation;
import dev.backlight.attribution.rule.Site;
import dev.backlight.engine.autodiff.PropagationMap;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The logits of every site, with Adam's moments. They live in the scope in which they were made. */
public final class RuleParameters {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final List<Site> sites;
    private final List<Tensor> logits = new ArrayList<>();
    private final List<Tensor> firstMoments = new ArrayList<>();
    private final List<Tensor> secondMoments = new ArrayList<>();
    private long steps;

    /** First values for sites found on a tape. */
    public RuleParameters(List<Site> sites, RuleSettings settings, Backend backend, DType dtype) {
        this.sites = List.copyOf(sites);
        for (Site site : sites) {
            Shape shape = settings.sharing().logits(site.shape());
            logits.add(start(settings.start(), backend, dtype, shape));
            firstMoments.add(Tensor.full(backend, dtype, shape, 0));
            secondMoments.add(Tensor.full(backend, dtype, shape, 0));
        }
    }

    public List<Site> sites() {
        return sites;
    }

    /** One tensor {@code 3×…} per site: a, b and c. */
    public List<Tensor> logits() {
        return List.copyOf(logits);
    }

    /** The logits as leaves of a tape. */
    public List<Tensor> watchedBy(Tape tape) {
        return logits.stream().map(tape::watch).toList();
    }

    /** The rules with the given logits, at the applications with the given sites' positions. */
    public static PropagationMap propagations(List<Site> at, List<Tensor> logits) {
        if (at.size() != logits.size()) {
            throw new ShapeException("rules for " + logits.size() + " non-linearities do not fit a network with "
                    + at.size() + "; train them on this network");
        }
        Map<Integer, LearnedPropagation> byIndex = new HashMap<>();
        for (int i = 0; i < at.size(); i++) {
            byIndex.put(at.get(i).index(), new LearnedPropagation(logits.get(i)));
        }
        return application -> byIndex.get(application.index());
    }

    /** One step of Adam, in place. */
    public void step(List<Tensor> gradients, double learningRate) {
        steps++;
        Primitive adam = new Primitive.AdamStep(learningRate, BETA1, BETA2, EPSILON, 0, steps);
        for (int i = 0; i < logits.size(); i++) {
            Tensor parameter = logits.get(i);
            parameter
                    .backend()
                    .execute(
                            adam,
                            List.of(
                                    gradients.get(i).array(),
                                    firstMoments.get(i).array(),
                                    secondMoments.get(i).array()),
                            parameter.array());
        }
    }

    private static Tensor start(RuleSettings.Logits start, Backend backend, DType dtype, Shape shape) {
        Shape plane = shape.with(0, 1);
        return Shapes.concat(
                0,
                Tensor.full(backend, dtype, plane, start.a()),
                Tensor.full(backend, dtype, plane, start.b()),
                Tensor.full(backend, dtype, plane, start.c()));
    }
}
