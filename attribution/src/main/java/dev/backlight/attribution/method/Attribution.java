package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;

/**
 * The answer to a {@link Question}.
 *
 * @param values {@code N×C×H×W} with one number per input element, or {@code N×1×H×W} with one per pixel
 * @param signed whether negative numbers speak against the target; otherwise only magnitudes mean something
 * @param trace one number per step for methods that optimise (the loss), otherwise empty
 */
public record Attribution(Tensor values, boolean signed, double[] trace) {
    public Attribution(Tensor values, boolean signed) {
        this(values, signed, new double[0]);
    }

    public int height() {
        return values.shape().size(2);
    }

    public int width() {
        return values.shape().size(3);
    }

    /** {@code Σ_c |values|} of one image, row by row: what metrics rank pixels by. */
    public float[] relevance(int image) {
        return overChannels(image, true);
    }

    /** What a picture of one image's map shows: {@code Σ_c values} when signed, else {@link #relevance}. */
    public float[] display(int image) {
        return overChannels(image, !signed);
    }

    private float[] values(int image) {
        try (Scope _ = Scope.open()) {
            return Ops.slice(values, 0, image, image + 1).toFloats();
        }
    }

    private float[] overChannels(int image, boolean magnitudes) {
        Shape shape = values.shape();
        int plane = shape.size(2) * shape.size(3);
        int channels = shape.size(1);
        float[] all = values(image);
        float[] map = new float[plane];
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < plane; i++) {
                float value = all[c * plane + i];
                map[i] += magnitudes ? Math.abs(value) : value;
            }
        }
        return map;
    }
}
