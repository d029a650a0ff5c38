package dev.backlight.attribution.rule;

import static dev.backlight.engine.op.Neural.relu;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.concat;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.neg;
import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.step;
import static dev.backlight.engine.op.Ops.sub;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.op.Neural;
import java.util.List;

/**
 * The gradient of {@link LearnedRuleGradient} contracted with w ({@code 4×x}): operands x, u, θ, v, w; the result
 * {@code 5×x} holds the parts for u, a, b, c and v. Fused like the other two; its own gradient, which no training needs, is
 * that of the same formula written out in elementary ops.
 */
record LearnedRuleSecondGradient() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        return Tensor.execute(
                x.backend(),
                new Primitive.LearnedRule(2),
                x.dtype(),
                x.shape().insert(0, 5),
                inputs.toArray(Tensor[]::new));
    }

    @Override
    public boolean differentiable(int input) {
        return input > 0;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Formula.gradient(at, upstream, LearnedRuleSecondGradient::formula);
    }
}
