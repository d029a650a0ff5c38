package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Integrated gradients (Sundararajan et al. 2017): {@code (x − x′) ⊙ ∫₀¹ ∇f(x′ + α(x − x′)) dα}. Their sum is
 * {@code f(x) − f(x′)} up to the error of the quadrature.
 *
 * @param steps points of the quadrature
 * @param baseline x′
 * @param batchSize points of a path evaluated at once, which bounds the memory; {@link Batches#FITTING} for what fits the
 *     images' size
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

    /** One image after the other: the points of its path fill a batch by themselves. */
    @Override
    public Attribution attribute(Question question, Progress progress) {
        try (Scope scope = Scope.open()) {
            Tensor images = question.input();
            Tensor starts = baseline.of(images);
            PathGradients gradients = PathGradients.of(question);
            Quadrature.Points points = quadrature.points(steps);
            int perBatch = gradients.fitting(Math.min(steps, Batches.of(batchSize, images.shape())));
            List<Tensor> maps = new ArrayList<>();
            for (int n = 0; n < question.size(); n++) {
                Tensor end = Ops.slice(images, 0, n, n + 1);
                Tensor start = Ops.slice(starts, 0, n, n + 1);
                long before = (long) n * steps;
                Progress ofAll = (done, total) -> progress.update(before + done, (long) question.size() * total);
                Tensor mean = gradients.sum(start, end, question.targets()[n], points, perBatch, ofAll);
                maps.add(Ops.mul(mean, Ops.sub(end, start)));
            }
            return new Attribution(scope.keep(Shapes.concat(0, maps)), true);
        }
    }
}
