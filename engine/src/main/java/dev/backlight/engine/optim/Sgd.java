package dev.backlight.engine.optim;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.nn.Parameter;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Stochastic gradient descent with momentum: {@code v ← μv + g}, {@code p ← p − η·v}, or with Nesterov's look-ahead
 * {@code p ← p − η·(g + μv)} (Sutskever et al. 2013). Weight decay is added to the gradient.
 */
public final class Sgd implements Optimizer {
    private final Moments moments;
    private final double momentum;
    private final boolean nesterov;
    private final WeightDecay decay;
    private long steps;

    private Sgd(Map<String, Parameter> parameters, double momentum, boolean nesterov, WeightDecay decay) {
        this.moments = new Moments(parameters, List.of("velocity"));
        this.momentum = momentum;
        this.nesterov = nesterov;
        this.decay = decay;
    }

    /** Plain momentum; the parameters must have values. */
    public static Sgd withMomentum(Map<String, Parameter> parameters, double momentum, WeightDecay decay) {
        return new Sgd(parameters, momentum, false, decay);
    }

    /** Nesterov's momentum; the parameters must have values. */
    public static Sgd withNesterov(Map<String, Parameter> parameters, double momentum, WeightDecay decay) {
        return new Sgd(parameters, momentum, true, decay);
    }

    @Override
    public void step(List<Tensor> gradients, double learningRate) {
        int at = 0;
        for (Moments.Target target : moments.matching(gradients)) {
            Parameter parameter = target.parameter();
            Tensor value = parameter.value();
            value.backend()
                    .execute(
                            new Primitive.SgdStep(learningRate, momentum, decay.of(parameter), nesterov),
                            List.of(
                                    gradients.get(at++).array(),
                                    target.averages().getFirst().value().array()),
                            value.array());
        }
        steps++;
    }

    @Override
    public SequencedMap<String, Parameter> parameters() {
        return moments.parameters();
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public SequencedMap<String, Parameter> state() {
        return moments.state();
    }

    @Override
    public void resumeAt(long taken) {
        steps = taken;
    }
}
