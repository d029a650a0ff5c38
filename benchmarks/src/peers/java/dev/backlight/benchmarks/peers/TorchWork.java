package dev.backlight.benchmarks.peers;

import dev.backlight.attribution.method.Quadrature;
import dev.backlight.benchmarks.contest.Trace;
import dev.backlight.benchmarks.contest.Translation;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Forward passes and input gradients. Tensors belong to the innermost JavaCPP scope. */
final class TorchWork {
    final Translation<Tensor> network;
    final Tensor images;
    private final int[] targets;

    TorchWork(Trace trace, dev.backlight.engine.autodiff.Tensor images, int[] targets) {
        this.network = new Translation<>(trace, new TorchDialect());
        this.images = TorchDialect.constant(images);
        this.targets = targets.clone();
    }

    Tensor forward() {
        try (NoGradGuard noGradients = new NoGradGuard()) {
            return network.run(images);
        }
    }

    Tensor inputGradient() {
        return inputGradient(images, classes(targets));
    }

    private Tensor inputGradient(Tensor x, Tensor classes) {
        Tensor leaf = x.detach();
        leaf.set_requires_grad(true);
        Tensor score = score(network.run(leaf), classes);
        return gradients(score, false, leaf).getFirst();
    }

    /** Gauss–Legendre from zeros: Σ w·∇f(αx) ⊙ x, so many images at once. */
    Tensor integrated(Quadrature.Points points, int atOnce) {
        int n = targets.length;
        int perBatch = Math.max(1, atOnce / n);
        Tensor sum = torch.zeros_like(images);
        for (int from = 0; from < points.nodes().length; from += perBatch) {
            int count = Math.min(perBatch, points.nodes().length - from);
            Tensor alphas = column(points.nodes(), from, count);
            Tensor weights = column(points.weights(), from, count);
            long[] apart = {count, n, images.size(1), images.size(2), images.size(3)};
            long[] together = {(long) count * n, images.size(1), images.size(2), images.size(3)};
            Tensor inputs = alphas.mul(images).reshape(together);
            int[] repeated = new int[count * n];
            Arrays.setAll(repeated, i -> targets[i % n]);
            Tensor gradient = inputGradient(inputs, classes(repeated)).reshape(apart);
            sum.add_(gradient.mul(weights).sum(0L));
        }
        return sum.mul(images);
    }

    private static Tensor column(double[] values, int from, int count) {
        float[] narrow = new float[count];
        for (int i = 0; i < count; i++) {
            narrow[i] = (float) values[from + i];
        }
        return TorchDialect.constant(narrow, count, 1, 1, 1, 1);
    }

    /** The sum of the targets' logits. */
    static Tensor score(Tensor logits, Tensor classes) {
        return logits.gather(1, classes.reshape(-1, 1)).sum();
    }

    Tensor classes() {
        return classes(targets);
    }

    static Tensor classes(int[] targets) {
        return torch.tensor(Pytorch.wide(targets));
    }

    /** Gradients of a scalar; recorded if they are to be differentiated in turn. */
    static List<Tensor> gradients(Tensor of, boolean recorded, Tensor... inputs) {
        TensorVector result = torch.grad(
                new TensorVector(of),
                new TensorVector(inputs),
                new TensorVector(),
                new BoolOptional(recorded),
                recorded,
                false);
        return TorchDialect.listOf(result);
    }

    static Scalar scalar(double value) {
        return new Scalar(value);
    }
}
