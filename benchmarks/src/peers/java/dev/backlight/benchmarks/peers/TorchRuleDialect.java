package dev.backlight.benchmarks.peers;

import dev.backlight.benchmarks.contest.Step;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.VoidTensorHook;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A network whose rectifiers send back what a formula says, by hooks on their output, which learn u, and on their input,
 * which replace what the rectifier sends. The one pass over memory that this wastes (the rectifier's own slope, which is
 * then not used) is what hooks cost in Python as well.
 */
final class TorchRuleDialect extends TorchDialect {
    /** What a rectifier sends back. */
    @FunctionalInterface
    interface Formula {
        /** From the upstream signal, the pre-activation and the rectifier's own parameter. */
        Tensor of(Tensor upstream, Tensor x, Tensor theta);
    }

    /** {@code u ⊙ σ(θ + x)}. */
    static final Formula SHIFTED = (u, x, theta) -> u.mul(torch.sigmoid(theta.add(x)));

    private static final Scalar ZERO = new Scalar(0.0);
    private static final Scalar ONE = new Scalar(1.0);

    /**
     * {@code [1(x>0) + σ(c)·1(x≤0)] ⊙ (σ(a)·max(u,0) − σ(b)·max(−u,0))} with θ = {a, b, c}: the second factor is u times σ(a)
     * or σ(b).
     */
    static final Formula LEARNED = (u, x, theta) -> {
        Tensor[] abc = torch.sigmoid(theta).unbind(0).get();
        Tensor gate = torch.where(x.gt(ZERO), ONE, abc[2]);
        return gate.mul(torch.where(u.gt(ZERO), abc[0], abc[1])).mul(u);
    };

    private final Formula formula;
    private final List<Tensor> thetas;
    /** The hooks of the current run; libtorch calls them as long as its graph lives. */
    private final List<Object> hooks = new ArrayList<>();

    TorchRuleDialect(Formula formula, List<Tensor> thetas) {
        this.formula = formula;
        this.thetas = thetas;
    }

    /** Parameters that ask for gradients. */
    static List<Tensor> leaves(List<dev.backlight.engine.autodiff.Tensor> parameters) {
        List<Tensor> leaves = new ArrayList<>();
        for (dev.backlight.engine.autodiff.Tensor parameter : parameters) {
            Tensor leaf = constant(parameter);
            leaf.set_requires_grad(true);
            leaves.add(leaf);
        }
        return leaves;
    }

    @Override
    Tensor rectify(Step.Rectifier rectifier, Tensor x, boolean reusable) {
        Tensor theta = thetas.get(rectifier.index());
        Tensor y = torch.relu(x);
        Upstream upstream = new Upstream();
        Rule rule = new Rule(formula, upstream, theta, x.detach());
        hooks.add(upstream);
        hooks.add(rule);
        y.register_hook(upstream);
        x.register_hook(rule);
        return y;
    }

    /** Forgets the hooks of a run whose graph is gone. */
    void forget() {
        hooks.clear();
    }

    private static final class Upstream extends VoidTensorHook {
        private @Nullable Tensor signal;

        @Override
        public void call(TensorBase gradient) {
            signal = new Tensor(gradient);
        }
    }

    private static final class Rule extends TensorTensorHook {
        private final Formula formula;
        private final Upstream upstream;
        private final Tensor theta;
        private final Tensor x;

        Rule(Formula formula, Upstream upstream, Tensor theta, Tensor x) {
            this.formula = formula;
            this.upstream = upstream;
            this.theta = theta;
            this.x = x;
        }

        @Override
        public TensorBase call(TensorBase ignored) {
            Tensor signal = upstream.signal;
            if (signal == null) {
                throw new IllegalStateException("a rectifier's input got a signal before its output");
            }
            return formula.of(signal, x, theta);
        }
    }
}
