package dev.backlight.benchmarks.peers;

import dev.backlight.benchmarks.contest.RuleStep;
import dev.backlight.benchmarks.contest.Trace;
import dev.backlight.benchmarks.contest.Translation;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The step of {@link RuleStep}, by libtorch's autograd. */
final class TorchRuleStep {
    private final TorchWork work;
    private final TorchRuleDialect dialect;
    private final Translation<Tensor> underRules;
    private final Tensor[] thetas;

    TorchRuleStep(Trace trace, TorchWork work, List<dev.backlight.engine.autodiff.Tensor> thetas) {
        this.work = work;
        List<Tensor> leaves = TorchRuleDialect.leaves(thetas);
        this.thetas = leaves.toArray(Tensor[]::new);
        this.dialect = new TorchRuleDialect(TorchRuleDialect.SHIFTED, leaves);
        this.underRules = new Translation<>(trace, dialect);
    }

    /** The loss and its gradients. */
    List<Tensor> step() {
        Tensor classes = work.classes();
        Tensor leaf = work.images.detach();
        leaf.set_requires_grad(true);
        Tensor score = TorchWork.score(underRules.run(leaf), classes);
        Tensor g = TorchWork.gradients(score, true, leaf).getFirst();
        Tensor relevance = g.abs().sum(new long[] {1}, true, new org.bytedeco.pytorch.ScalarTypeOptional());
        Tensor mask = relevance.div(relevance.amax(new long[] {1, 2, 3}, true));
        Tensor logits = work.network.run(work.images.mul(mask));
        Tensor loss = torch.cross_entropy_loss(logits, classes).add(mask.mean().mul(TorchWork.scalar(RuleStep.SIZE)));
        List<Tensor> results = new ArrayList<>();
        results.add(loss);
        results.addAll(TorchWork.gradients(loss, false, thetas));
        dialect.forget();
        return results;
    }
}
