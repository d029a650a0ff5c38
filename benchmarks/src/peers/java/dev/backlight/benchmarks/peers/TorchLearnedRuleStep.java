package dev.backlight.benchmarks.peers;

import dev.backlight.attribution.learn.RuleSettings;
import dev.backlight.benchmarks.contest.LearnedRuleStep;
import dev.backlight.benchmarks.contest.Trace;
import dev.backlight.benchmarks.contest.Translation;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The step of {@link LearnedRuleStep} by libtorch's autograd, and its Adam on copies of the logits. */
final class TorchLearnedRuleStep {
    private static final RuleSettings SETTINGS = LearnedRuleStep.SETTINGS;
    private static final long[] PER_IMAGE = {1, 2, 3};

    private final TorchWork work;
    private final TorchRuleDialect dialect;
    private final Translation<Tensor> underRules;
    private final Tensor[] logits;
    private final List<Tensor> copies;
    private final Adam adam;

    TorchLearnedRuleStep(Trace trace, TorchWork work, List<dev.backlight.engine.autodiff.Tensor> logits) {
        this.work = work;
        List<Tensor> leaves = TorchRuleDialect.leaves(logits);
        this.logits = leaves.toArray(Tensor[]::new);
        this.dialect = new TorchRuleDialect(TorchRuleDialect.LEARNED, leaves);
        this.underRules = new Translation<>(trace, dialect);
        this.copies = TorchRuleDialect.leaves(logits);
        this.adam = new Adam(new TensorVector(copies.toArray(Tensor[]::new)), new AdamOptions(SETTINGS.learningRate()));
    }

    /** The loss and its gradients, before Adam's step. */
    List<Tensor> step() {
        Tensor classes = work.classes();
        Tensor leaf = work.images.detach();
        leaf.set_requires_grad(true);
        Tensor score = TorchWork.score(underRules.run(leaf), classes);
        Tensor g = TorchWork.gradients(score, true, leaf).getFirst();
        Tensor relevance = g.mul(work.images).abs().sum(new long[] {1}, true, new ScalarTypeOptional());
        Tensor scale = relevance.detach().mean(PER_IMAGE, true, new ScalarTypeOptional());
        Tensor loss = loss(torch.tanh(relevance.div(scale)), classes);
        List<Tensor> gradients = TorchWork.gradients(loss, false, logits);
        dialect.forget();
        for (int i = 0; i < copies.size(); i++) {
            copies.get(i).mutable_grad().put(gradients.get(i));
        }
        adam.step();
        List<Tensor> results = new ArrayList<>();
        results.add(loss);
        results.addAll(gradients);
        return results;
    }

    private Tensor loss(Tensor mask, Tensor classes) {
        Tensor images = work.images;
        long n = images.size(0);
        Tensor masked = images.mul(mask);
        Tensor both = torch.cat(new TensorVector(masked, images.sub(masked)), 0);
        Tensor logProbabilities = torch.log_softmax(work.network.run(both), 1);
        Tensor column = classes.reshape(-1, 1);
        Tensor kept = logProbabilities.narrow(0, 0, n).gather(1, column).sum();
        Tensor lost = logProbabilities.narrow(0, n, n).gather(1, column).exp().sum();
        Tensor size = mask.mean(PER_IMAGE, false, new ScalarTypeOptional()).sum();
        return lost.mul(TorchWork.scalar(SETTINGS.complement()))
                .add(size.mul(TorchWork.scalar(SETTINGS.size())))
                .sub(kept);
    }
}
