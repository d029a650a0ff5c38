package dev.backlight.engine.nn;

import dev.backlight.engine.autodiff.Tensor;
import java.util.Map;

/** Layers one after the other, named {@code 0, 1, 2, …} unless names are given. */
public final class Sequential extends Layer {
    /** Layers under their indices. */
    public Sequential(Layer... layers) {
        for (int i = 0; i < layers.length; i++) {
            child(Integer.toString(i), layers[i]);
        }
    }

    /** Layers under names, in the order of the map. */
    public Sequential(Map<String, ? extends Layer> layers) {
        layers.forEach(this::child);
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        Tensor value = x;
        for (Layer layer : children().values()) {
            value = layer.apply(value, pass);
        }
        return value;
    }
}
