package dev.backlight.engine.optim;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;
import java.util.List;

/** Bounds on gradients, against rare steps that would throw training off. */
public final class Clipping {
    private Clipping() {}

    /** The Euclidean norm of all tensors together. */
    public static double norm(List<Tensor> gradients) {
        return Math.sqrt(gradients.stream()
                .mapToDouble(gradient -> Ops.sum(Ops.square(gradient)).item())
                .sum());
    }

    /** The same direction, with a norm of at most {@code greatest} (Pascanu et al. 2013). */
    public static List<Tensor> byNorm(List<Tensor> gradients, double greatest) {
        double norm = norm(gradients);
        return norm <= greatest
                ? gradients
                : gradients.stream()
                        .map(gradient -> Ops.mul(gradient, greatest / norm))
                        .toList();
    }
}
