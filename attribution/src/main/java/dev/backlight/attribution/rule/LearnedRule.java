package dev.backlight.attribution.rule;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/**
 * The learned propagation rule at a rectifier, after the abstract of Yang et al., "Learning Propagation Rules for Attribution
 * Map Generation" (ECCV 2020): with pre-activation x, upstream signal u and logits θ = {a, b, c} of x's shape,
 *
 * <pre>R(u) = [1(x>0) + σ(c)·1(x≤0)] ⊙ (σ(a)·max(u,0) − σ(b)·max(−u,0))</pre>
 *
 * <p>Operands: x, u, and θ of shape {@code 3×x}. Limits: a,b→∞, c→−∞ is the gradient; also b→−∞, guided backpropagation;
 * b→−∞ and c→∞, deconvnet. Forward, gradient and second gradient each are one pass over memory.
 */
public record LearnedRule() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        requireFit(x.shape(), inputs.get(1).shape(), inputs.get(2).shape());
        return Tensor.execute(
                x.backend(), new Primitive.LearnedRule(0), x.dtype(), x.shape(), inputs.toArray(Tensor[]::new));
    }

    /** The gate is flat in x. */
    @Override
    public boolean differentiable(int input) {
        return input > 0;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        var both =
                Gradients.shared(() -> new LearnedRuleGradient().on(at.input(0), at.input(1), at.input(2), upstream));
        return Gradients.of(
                () -> Ops.mul(upstream, 0), () -> Planes.one(both.get(), 0), () -> Planes.range(both.get(), 1, 4));
    }

    private static void requireFit(Shape x, Shape u, Shape theta) {
        if (!u.equals(x) || !theta.equals(x.insert(0, 3))) {
            throw new ShapeException("the learned rule needs x and u of one shape and θ of 3×that shape, but found x "
                    + x + ", u " + u + ", θ " + theta);
        }
    }
}
