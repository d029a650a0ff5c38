package dev.backlight.models.vision;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.nn.Activation;
import dev.backlight.engine.nn.BatchNormalization;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.op.Shapes;
import java.util.LinkedHashMap;
import java.util.Map;

/** Layers of which each appends its channels to those it was given: norm, relu, 1×1, norm, relu, 3×3. */
final class DenseBlock extends Layer {
    DenseBlock(int in, int growth, int layers, int bottleneck) {
        for (int i = 0; i < layers; i++) {
            child("denselayer" + (i + 1), denseLayer(in + i * growth, growth, bottleneck * growth));
        }
    }

    private static Layer denseLayer(int in, int growth, int inner) {
        Map<String, Layer> steps = new LinkedHashMap<>();
        steps.put("norm1", new BatchNormalization(in));
        steps.put("relu1", Activation.relu());
        steps.put("conv1", Convolution.square(in, inner, 1, 1, 0));
        steps.put("norm2", new BatchNormalization(inner));
        steps.put("relu2", Activation.relu());
        steps.put("conv2", Convolution.square(inner, growth, 3, 1, 1));
        return new Sequential(steps);
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        Tensor all = x;
        for (Layer layer : children().values()) {
            all = Shapes.concat(1, all, layer.apply(all, pass));
        }
        return all;
    }
}
