package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Replay;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Constants;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.Shape;

/** A question asked about several variants of its images at once, stacked along the batch: {@code (k·N)×C×H×W}. */
final class Variants {
    private Variants() {}

    /** How many variants of N images fill a batch; at least one. */
    static int perBatch(int batchSize, Question question) {
        return Math.max(1, Batches.of(batchSize, question.input().shape()) / Math.max(1, question.size()));
    }

    /**
     * How many variants of N images, at most so many, fill a batch whose program fits into memory as it is: less work than
     * computing again what there is no room to keep, which remains for a single variant.
     *
     * @param program of inputs {@code k×N×C×H×W}
     */
    static int fitting(int most, Question question, Replay program) {
        return Batches.halved(most, size -> fits(size, question, program));
    }

    /** Whether memory is likely to suffice for so many variants of all images at once. */
    static boolean fits(int variants, Question question, Replay program) {
        return program.fits(question.input(), question.input().shape().insert(0, variants));
    }

    /** Works on some of the variants, {@code from} … {@code to}−1; changes nothing when it fails. */
    @FunctionalInterface
    interface Batch {
        void run(int from, int to);
    }

    /** Works on all variants in batches, and in smaller ones from where memory turns out to be short. */
    static void inBatches(int total, int perBatch, Progress progress, Batch batch) {
        int size = perBatch;
        int from = 0;
        while (from < total) {
            int to = Math.min(total, from + size);
            try {
                batch.run(from, to);
                progress.update(to, total);
                from = to;
            } catch (DeviceMemoryException e) {
                if (to - from == 1) {
                    throw e;
                }
                size = (to - from) / 2;
            }
        }
    }

    /** The question about {@code k×N×C×H×W} inputs. */
    static Question of(Question question, Tensor inputs) {
        int copies = inputs.shape().size(0);
        int[] targets = question.targets();
        int[] repeated = new int[copies * targets.length];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = targets[i % targets.length];
        }
        Shape joined = inputs.shape().without(0).with(0, repeated.length);
        return new Question(question.network(), Ops.reshape(inputs, joined), repeated);
    }

    /** What came back for the variants, apart again: {@code k×N×…}. */
    static Tensor apart(Tensor values, int copies) {
        Shape shape = values.shape();
        return Ops.reshape(values, shape.with(0, shape.size(0) / copies).insert(0, copies));
    }

    /** One number per index of axis {@code axis} of a tensor of rank {@code rank}, shaped to broadcast. */
    static Tensor along(Tensor like, int axis, int rank, double[] values) {
        Shape shape = Shape.scalar();
        for (int i = 0; i < rank; i++) {
            shape = shape.insert(-1, i == axis ? values.length : 1);
        }
        return Constants.of(like, shape, values);
    }
}
