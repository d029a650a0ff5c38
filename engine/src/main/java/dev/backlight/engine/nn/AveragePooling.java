package dev.backlight.engine.nn;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.Neural;

/** The mean of each window; padding counts as zeros. */
public final class AveragePooling extends Layer {
    private final WindowGeometry window;

    /** Windows of any geometry. */
    public AveragePooling(WindowGeometry window) {
        this.window = window;
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        return Neural.avgPool(x, window, false, true);
    }
}
