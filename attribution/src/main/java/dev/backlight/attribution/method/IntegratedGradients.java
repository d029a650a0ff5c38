package dev.backlight.attribution.method;

import dev.backlight.attribution.rule.FixedRule;
import dev.backlight.engine.autodiff.Replay;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Integrated gradients (Sundararajan et al. 2017): {@code (x − x′) ⊙ ∫₀¹ ∇f(x′ + α(x − x′)) dα}. Their sum is
 * {@code f(x) − f(x′)} up to the error of the quadrature.
 *
 * @param steps points of the quadrature
 * @param baseline x′
 * @param batchSize inputs evaluated at once, which bounds the memory; at least one step of all images of a question;
 *     {@link Batches#FITTING} for what fits their size
 */
public record IntegratedGradients(int steps, Quadrature quadrature, Baseline baseline, int batchSize)
        implements Attributor {
    public IntegratedGradients {
        if (steps < 1 || batchSize < 0) {
            throw new ShapeException(
                    "integrated gradients need at least one step and a batch of at least one or Batches.FITTING, but found "
                            + steps + " and " + batchSize);
        }
    }

    /** 50 Gauss–Legendre points from a baseline of zeros, as Captum has it, as many inputs at once as fit. */
    public static IntegratedGradients standard() {
        return new IntegratedGradients(50, Quadrature.GAUSS_LEGENDRE, Baseline.ZERO, Batches.FITTING);
    }

    @Override
    public String name() {
        return "integrated-gradients";
    }

    /** Whether one point of the path of all images fits; more points at once are halved by the method itself. */
    @Override
    public boolean fits(Question question) {
        try (Scope _ = Scope.open()) {
            return Variants.fits(1, question, gradient(question));
        }
    }

    /** Of inputs {@code k×N×C×H×W}. */
    private static Replay gradient(Question question) {
        return Replay.ofAll(
                inputs -> List.of(InputGradient.of(Variants.of(question, inputs.getFirst()), FixedRule.GRADIENT)));
    }

    @Override
    public Attribution attribute(Question question, Progress progress) {
        try (Scope scope = Scope.open()) {
            return attribution(question, gradient(question), progress, scope);
        }
    }

    /** What is asked is what then runs, recorded once. */
    @Override
    public Optional<Attribution> attributeIfFits(Question question, Progress progress) {
        try (Scope scope = Scope.open()) {
            Replay gradient = gradient(question);
            return Variants.fits(1, question, gradient)
                    ? Optional.of(attribution(question, gradient, progress, scope))
                    : Optional.empty();
        }
    }

    private Attribution attribution(Question question, Replay gradient, Progress progress, Scope scope) {
        Quadrature.Points points = quadrature.points(steps);
        Shape one = question.input().shape().insert(0, 1);
        Tensor start = baseline.of(question.input());
        Tensor path = Ops.sub(question.input(), start);
        int most = Math.min(steps, Variants.perBatch(batchSize, question));
        int perBatch = Variants.fitting(most, question, gradient);
        RunningSum integral = new RunningSum(scope);
        Variants.inBatches(steps, perBatch, progress, (from, to) -> {
            try (Scope batch = Scope.open()) {
                Tensor alphas = Variants.along(path, 0, 5, Arrays.copyOfRange(points.nodes(), from, to));
                Tensor weights = Variants.along(path, 0, 5, Arrays.copyOfRange(points.weights(), from, to));
                Tensor inputs = Ops.add(Ops.mul(alphas, Ops.reshape(path, one)), Ops.reshape(start, one));
                Tensor gradients = Variants.apart(gradient.run(inputs).getFirst(), to - from);
                integral.add(Ops.sum(Ops.mul(gradients, weights), 0), batch);
            }
        });
        return new Attribution(scope.keep(Ops.mul(integral.value(), path)), true);
    }
}
