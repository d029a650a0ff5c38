package dev.backlight.engine.nn;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Neural;

/** Means over windows that tile an image of any size into {@code height × width}. */
public final class AdaptiveAveragePooling extends Layer {
    private final int height;
    private final int width;

    /** So many rows and columns of windows. */
    public AdaptiveAveragePooling(int height, int width) {
        this.height = height;
        this.width = width;
    }

    /** One window, the whole plane: {@code N×C×H×W → N×C×1×1}. */
    public static AdaptiveAveragePooling global() {
        return new AdaptiveAveragePooling(1, 1);
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        return Neural.adaptiveAveragePool(x, height, width);
    }
}
