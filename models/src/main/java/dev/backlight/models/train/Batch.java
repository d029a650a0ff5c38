package dev.backlight.models.train;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.shape.Shape;

/** Pictures as a network sees them, and their labels, not yet on a device. */
record Batch(Shape shape, float[] images, long[] labels) {
    int size() {
        return labels.length;
    }

    Tensor images(Backend backend) {
        return Tensor.of(backend, shape, images);
    }

    Tensor labels(Backend backend) {
        return Tensor.of(backend, Shape.of(labels.length), labels);
    }

    /** How many rows of {@code logits} (size × classes) are largest at their label; the first of equals counts. */
    int correct(float[] logits) {
        int classes = logits.length / labels.length;
        int correct = 0;
        for (int i = 0; i < labels.length; i++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                best = logits[i * classes + c] > logits[i * classes + best] ? c : best;
            }
            correct += best == labels[i] ? 1 : 0;
        }
        return correct;
    }
}
