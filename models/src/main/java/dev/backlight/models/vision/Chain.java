package dev.backlight.models.vision;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Pass;

/** Applies a layer's children one after the other. */
final class Chain {
    private Chain() {}

    static Tensor apply(Layer layer, Tensor x, Pass pass) {
        Tensor value = x;
        for (Layer child : layer.children().values()) {
            value = child.apply(value, pass);
        }
        return value;
    }
}
