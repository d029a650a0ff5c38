package dev.backlight.attribution.rule;

import static dev.backlight.engine.op.Neural.relu;
import static dev.backlight.engine.op.Neural.sigmoid;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.broadcastTo;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.neg;
import static dev.backlight.engine.op.Ops.sub;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Propagation;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.MaxPool;
import dev.backlight.engine.op.Relu;
import dev.backlight.engine.shape.Shape;

/**
 * {@link LearnedRule} at one site, with the site's logits θ = {a, b, c}, of a shape that broadcasts to {@code 3×} the
 * activation's. At other non-linearities f the same plugin stands around the local derivative:
 *
 * <pre>R(u) = [f′(x) + σ(c)·max(1 − f′(x), 0)] ⊙ (σ(a)·max(u,0) − σ(b)·max(−u,0))</pre>
 *
 * which for the rectifier is the rule itself. A max-pool has no derivative to open: its signal is split by sign and then
 * sent to the winners.
 */
public record LearnedPropagation(Tensor theta) implements Propagation {
    @Override
    public Gradients propagate(Application at, Tensor upstream) {
        if (at.op() instanceof Relu) {
            Shape full = at.input(0).shape().insert(0, 3);
            return Gradients.of(() -> new LearnedRule().on(at.input(0), upstream, broadcastTo(theta, full)));
        }
        Tensor split = sub(mul(sigmoid(logit(0)), relu(upstream)), mul(sigmoid(logit(1)), relu(neg(upstream))));
        if (at.op() instanceof MaxPool) {
            return at.op().gradient(at, split);
        }
        return Gradients.of(() -> mul(gate(at), split));
    }

    private Tensor gate(Application at) {
        Tensor ones = Tensor.full(
                at.output().backend(), at.output().dtype(), at.output().shape(), 1);
        Tensor slope = at.op().gradient(at, ones).at(0);
        if (slope == null) {
            throw new IllegalStateException(at + " sends nothing back to its input");
        }
        return add(slope, mul(sigmoid(logit(2)), relu(sub(1, slope))));
    }

    private Tensor logit(int plane) {
        return Planes.one(theta, plane);
    }
}
