package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Replay;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Weighted sums of a network's gradients at points of a straight path from one image to another. Behind the network's
 * {@linkplain AffineStem stem} the path is straight, too, and there the gradients are taken and added up.
 */
final class PathGradients {
    private final AffineStem stem;

    /** From the points' places and their seeds, the path's beginning and its way, all behind the stem, to the sum there. */
    private final Replay sums;

    private PathGradients(AffineStem stem) {
        this.stem = stem;
        this.sums = Replay.ofAll(given -> List.of(sum(given.get(0), given.get(1), given.get(2), given.get(3))));
    }

    /** For images like those of the question; recorded in the innermost open scope. */
    static PathGradients of(Question question) {
        return new PathGradients(AffineStem.of(question.network(), Ops.slice(question.input(), 0, 0, 1)));
    }

    private Tensor sum(Tensor alphas, Tensor seeds, Tensor start, Tensor way) {
        Tensor gradients = stem.gradients(Ops.add(Ops.mul(way, alphas), start), seeds);
        return Ops.sumTo(gradients, start.shape());
    }

    /** How many points, at most so many, memory is likely to suffice for at once. */
    int fitting(int most) {
        return Batches.halved(most, this::fits);
    }

    private boolean fits(int points) {
        Shape behind = stem.shape();
        return sums.fits(stem.logits(), alphas(points), stem.logits().shape().with(0, points), behind, behind);
    }

    private Shape alphas(int points) {
        int[] sizes = new int[stem.shape().rank()];
        Arrays.fill(sizes, 1);
        sizes[0] = points;
        return Shape.of(sizes);
    }

    /**
     * {@code Σₖ wₖ ∇f(x′ + αₖ(x − x′))}.
     *
     * @param start x′, {@code 1×C×H×W}
     * @param end x
     * @param target the class whose logit f is
     * @param perBatch points at once, where memory suffices
     * @return of the images' shape
     */
    Tensor sum(Tensor start, Tensor end, int target, Quadrature.Points points, int perBatch, Progress progress) {
        try (Scope scope = Scope.open()) {
            Tensor from = stem.apply(start);
            Tensor way = Ops.sub(stem.apply(end), from);
            Tensor one = Targets.oneHot(stem.logits(), new int[] {target});
            RunningSum sum = new RunningSum(scope);
            int count = points.nodes().length;
            Variants.inBatches(count, perBatch, progress, (first, last) -> {
                try (Scope batch = Scope.open()) {
                    Tensor weights = Variants.along(one, 0, 2, Arrays.copyOfRange(points.weights(), first, last));
                    double[] nodes = Arrays.copyOfRange(points.nodes(), first, last);
                    Tensor alphas = Variants.along(way, 0, way.shape().rank(), nodes);
                    sum.add(sums.run(alphas, Ops.mul(one, weights), from, way).getFirst(), batch);
                }
            });
            return scope.keep(stem.adjoint(sum.value()));
        }
    }
}
