package dev.backlight.models.train;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.models.data.Augmentation;
import dev.backlight.models.data.ImageDataset;
import dev.backlight.models.vision.Classifier;
import java.util.function.IntConsumer;

/** Measures a classifier on labelled pictures, as they are. */
public final class Evaluator {
    private static final int BATCH = 200;

    private final Classifier classifier;
    private final Backend backend;

    /** A classifier whose values live on {@code backend} as F32. */
    public Evaluator(Classifier classifier, Backend backend) {
        this.classifier = classifier;
        this.backend = backend;
    }

    /**
     * What was measured.
     *
     * @param loss the mean cross entropy
     * @param accuracy the share classified rightly, from 0 to 1
     */
    public record Score(double loss, double accuracy) {}

    /**
     * Classifies all pictures.
     *
     * @param progress told how many are done
     */
    public Score score(ImageDataset data, IntConsumer progress) {
        BatchSource source = new BatchSource(data, classifier.preprocessing(), Augmentation.NONE, 0);
        int[] order = source.inOrder();
        int batches = Math.ceilDiv(order.length, BATCH);
        double loss = 0;
        int correct = 0;
        try (Prefetch<Batch> prefetch = new Prefetch<>(
                0, batches, i -> source.batch(order, i * BATCH, Math.min(order.length, (i + 1) * BATCH), 0))) {
            for (int done = 0; prefetch.hasNext(); ) {
                Batch batch = prefetch.next();
                try (Scope scope = Scope.open()) {
                    Tensor logits = classifier.network().apply(batch.images(backend));
                    loss += Ops.sum(Neural.crossEntropyPerSample(logits, batch.labels(backend), 0))
                            .item();
                    correct += batch.correct(logits.toFloats());
                }
                done += batch.size();
                progress.accept(done);
            }
        }
        return new Score(loss / Math.max(1, order.length), (double) correct / Math.max(1, order.length));
    }
}
