package dev.backlight.tests;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.nn.Activation;
import dev.backlight.engine.nn.AveragePooling;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Flatten;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.MaxPooling;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Keras models of one layer, which keep channels last, as networks of ours, which keep them first; the output is flattened
 * in Keras' order.
 */
final class KerasLayer {
    private static final String RECTIFIED = "_relu";

    private KerasLayer() {}

    /** The model of that name, or nothing where its kind is not known here. */
    static Optional<Layer> build(String name, OracleArrays arrays, Backend backend) {
        String kind = name.endsWith(RECTIFIED) ? name.substring(0, name.length() - RECTIFIED.length()) : name;
        Optional<Layer> known = switch (kind) {
            case "Dense", "Conv2D" ->
                Optional.of(convolution(
                        arrays.tensor(name + ".weights.0", backend), arrays.tensor(name + ".weights.1", backend)));
            case "AveragePooling2D" -> Optional.of(new AveragePooling(WindowGeometry.square(2, 2, 0)));
            case "MaxPooling2D" -> Optional.of(new MaxPooling(WindowGeometry.square(2, 2, 0)));
            default -> Optional.empty();
        };
        return known.map(layer -> {
            Map<String, Layer> layers = new LinkedHashMap<>();
            layers.put("layer", layer);
            if (name.endsWith(RECTIFIED)) {
                layers.put("relu", Activation.relu());
            }
            layers.put("last", new ChannelsLast());
            layers.put("flatten", new Flatten());
            return new Sequential(layers);
        });
    }

    /** Weights {@code h×w×I×O}; a dense layer's {@code I×O}, which acts on each position alone, are those of 1×1. */
    private static Layer convolution(Tensor weights, Tensor bias) {
        Shape shape = weights.shape().rank() == 2 ? weights.shape().insert(0, 1).insert(0, 1) : weights.shape();
        WindowGeometry window = new WindowGeometry(shape.size(0), shape.size(1), 1, 1, 1, 1, 0, 0, 0, 0);
        Convolution layer = new Convolution(shape.size(2), shape.size(3), window, 1, true);
        Map<String, Tensor> values =
                Map.of("weight", Ops.transpose(Ops.reshape(weights, shape), 3, 2, 0, 1), "bias", bias);
        layer.state().forEach((name, parameter) -> parameter.set(Objects.requireNonNull(values.get(name))));
        return layer;
    }

    private static final class ChannelsLast extends Layer {
        @Override
        protected Tensor forward(Tensor x, Pass pass) {
            return Ops.transpose(x, 0, 2, 3, 1);
        }
    }
}
