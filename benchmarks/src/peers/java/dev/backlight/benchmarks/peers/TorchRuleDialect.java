package dev.backlight.benchmarks.peers;

import dev.backlight.benchmarks.contest.Step;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.VoidTensorHook;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A network whose rectifiers send back {@code u ⊙ σ(θ + x)}, by hooks on their output, which learn u, and on their input,
 * which replace what the rectifier sends. The one pass over memory that this wastes (the rectifier's own slope, which is
 * then not used) is what hooks cost in Python as well.
 */
final class TorchRuleDialect extends TorchDialect {
    private final List<Tensor> thetas;
    /** The hooks of the current run; libtorch calls them as long as its graph lives. */
    private final List<Object> hooks = new ArrayList<>();

    TorchRuleDialect(List<Tensor> thetas) {
        this.thetas = thetas;
    }

    @Override
    Tensor rectify(Step.Rectifier rectifier, Tensor x, boolean reusable) {
        Tensor theta = thetas.get(rectifier.index());
        Tensor y = torch.relu(x);
        Upstream upstream = new Upstream();
        Rule rule = new Rule(upstream, theta, x.detach());
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
        private final Upstream upstream;
        private final Tensor theta;
        private final Tensor x;

        Rule(Upstream upstream, Tensor theta, Tensor x) {
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
            return signal.mul(torch.sigmoid(theta.add(x)));
        }
    }
}
