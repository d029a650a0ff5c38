package dev.backlight.attribution.rule;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.op.Ops;
import java.util.List;

/**
 * The gradient of {@link LearnedRule} contracted with v: operands x, u, θ, v; the result {@code 4×x} holds the parts for u,
 * a, b and c.
 */
record LearnedRuleGradient() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        return Tensor.execute(
                x.backend(),
                new Primitive.LearnedRule(1),
                x.dtype(),
                x.shape().insert(0, 4),
                inputs.toArray(Tensor[]::new));
    }

    @Override
    public boolean differentiable(int input) {
        return input > 0;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        var all = Gradients.shared(
                () -> new LearnedRuleSecondGradient().on(at.input(0), at.input(1), at.input(2), at.input(3), upstream));
        return Gradients.of(
                () -> Ops.mul(at.input(0), 0),
                () -> Planes.one(all.get(), 0),
                () -> Planes.range(all.get(), 1, 4),
                () -> Planes.one(all.get(), 4));
    }
}
