package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Each sample normalised over its innermost axes: {@code γ·(x − mean)/√(variance + ε) + β} (Ba et al. 2016). Inputs x, γ, β;
 * γ and β have the shape of the axes normalised over.
 */
public record LayerNorm(double epsilon) implements Composite {
    @Override
    public Tensor formula(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        Tensor gamma = inputs.get(1);
        Tensor beta = inputs.get(2);
        int rank = x.shape().rank();
        int first = rank - gamma.shape().rank();
        int[] inner = Arrays.copyOfRange(x.shape().sizes(), Math.clamp(first, 0, rank), rank);
        boolean fits = first >= 0
                && first < rank
                && gamma.shape().equals(Shape.of(inner))
                && beta.shape().equals(gamma.shape());
        if (!fits) {
            throw new ShapeException("layerNorm needs gamma and beta of the shape of x's innermost axes, but found x "
                    + x.shape() + ", gamma " + gamma.shape() + " and beta " + beta.shape());
        }
        int[] axes = IntStream.range(first, rank).toArray();
        return add(mul(Normalising.over(x, epsilon, axes), gamma), beta);
    }
}
