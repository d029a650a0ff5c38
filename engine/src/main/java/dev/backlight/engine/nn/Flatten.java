package dev.backlight.engine.nn;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Shapes;

/** All axes but the first as one: {@code N×… → N×M}. */
public final class Flatten extends Layer {
    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        return Shapes.flatten(x, 1);
    }
}
