package dev.backlight.engine.optim;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.nn.Parameter;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Adam (Kingma and Ba 2015); with a weight decay it is AdamW, whose decay is decoupled from the gradient (Loshchilov and
 * Hutter 2019): {@code p ← p·(1 − η·λ) − η·m̂/(√v̂ + ε)}.
 */
public final class Adam implements Optimizer {
    private final Moments moments;
    private final Settings settings;
    private long steps;

    /** The constants of the method. */
    public record Settings(double beta1, double beta2, double epsilon, WeightDecay decay) {
        /** β₁ = 0.9, β₂ = 0.999, ε = 1e-8, no decay: the paper's. */
        public static final Settings DEFAULT = new Settings(0.9, 0.999, 1e-8, WeightDecay.NONE);

        /** The same constants with another decay. */
        public Settings withDecay(WeightDecay other) {
            return new Settings(beta1, beta2, epsilon, other);
        }
    }

    /** Adam over parameters, which must have values. */
    public Adam(Map<String, Parameter> parameters, Settings settings) {
        this.moments = new Moments(parameters, List.of("first_moment", "second_moment"));
        this.settings = settings;
    }

    @Override
    public void step(List<Tensor> gradients, double learningRate) {
        List<Moments.Target> targets = moments.matching(gradients);
        steps++;
        int at = 0;
        for (Moments.Target target : targets) {
            Tensor value = target.parameter().value();
            value.backend()
                    .execute(
                            primitive(target.parameter(), learningRate),
                            List.of(
                                    gradients.get(at++).array(),
                                    target.averages().get(0).value().array(),
                                    target.averages().get(1).value().array()),
                            value.array());
        }
    }

    private Primitive primitive(Parameter parameter, double learningRate) {
        return new Primitive.AdamStep(
                learningRate,
                settings.beta1(),
                settings.beta2(),
                settings.epsilon(),
                settings.decay().of(parameter),
                steps);
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
