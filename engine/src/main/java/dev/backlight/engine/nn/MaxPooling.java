package dev.backlight.engine.nn;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.Neural;

/** The largest element of each window; windows are counted downwards, as floor mode has it. */
public final class MaxPooling extends Layer {
    private final WindowGeometry window;

    /** Windows of any geometry. */
    public MaxPooling(WindowGeometry window) {
        this.window = window;
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        return Neural.maxPool(x, window, false);
    }
}
