package dev.backlight.attribution.rule;

import static dev.backlight.engine.op.Neural.relu;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.neg;
import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.step;
import static dev.backlight.engine.op.Ops.sub;
import static dev.backlight.engine.op.Shapes.concat;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.op.Composite;
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
        return Composite.gradient(at, upstream, LearnedRuleSecondGradient::formula);
    }

    private static Tensor formula(List<Tensor> operands) {
        Tensor x = operands.get(0);
        Tensor u = operands.get(1);
        Tensor v = operands.get(3);
        Logit a = Logit.of(Planes.one(operands.get(2), 0));
        Logit b = Logit.of(Planes.one(operands.get(2), 1));
        Logit c = Logit.of(Planes.one(operands.get(2), 2));
        Tensor wu = Planes.one(operands.get(4), 0);
        Tensor wa = Planes.one(operands.get(4), 1);
        Tensor wb = Planes.one(operands.get(4), 2);
        Tensor wc = Planes.one(operands.get(4), 3);
        Tensor closed = sub(1, step(x));
        Tensor gate = add(step(x), mul(closed, c.value));
        Tensor opened = mul(closed, c.first);
        Tensor above = step(u);
        Tensor below = step(neg(u));
        Tensor positive = relu(u);
        Tensor negative = relu(neg(u));
        Tensor slope = add(mul(a.value, above), mul(b.value, below));
        Tensor pass = sub(mul(a.value, positive), mul(b.value, negative));
        Tensor change = add(mul(wu, slope), sub(mul(wa, mul(a.first, positive)), mul(wb, mul(b.first, negative))));
        Tensor byU = add(
                mul(gate, add(mul(wa, mul(a.first, above)), mul(wb, mul(b.first, below)))),
                mul(wc, mul(opened, slope)));
        Tensor byA = add(
                mul(gate, add(mul(wu, mul(above, a.first)), mul(wa, mul(a.second, positive)))),
                mul(wc, mul(opened, mul(a.first, positive))));
        Tensor byB = sub(
                mul(gate, sub(mul(wu, mul(below, b.first)), mul(wb, mul(b.second, negative)))),
                mul(wc, mul(opened, mul(b.first, negative))));
        Tensor byC = add(mul(opened, change), mul(wc, mul(mul(closed, c.second), pass)));
        Tensor byV = add(mul(gate, change), mul(wc, mul(opened, pass)));
        return stack(mul(v, byU), mul(v, byA), mul(v, byB), mul(v, byC), byV);
    }

    private static Tensor stack(Tensor... planes) {
        Tensor[] rows = new Tensor[planes.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = reshape(planes[i], planes[i].shape().insert(0, 1));
        }
        return concat(0, rows);
    }

    /** σ and its first two derivatives. */
    private record Logit(Tensor value, Tensor first, Tensor second) {
        static Logit of(Tensor logit) {
            Tensor value = Neural.sigmoid(logit);
            Tensor first = mul(value, sub(1, value));
            return new Logit(value, first, mul(first, sub(1, mul(value, 2))));
        }
    }
}
