package dev.backlight.tests.onnx;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.nn.Activation;
import dev.backlight.engine.nn.AdaptiveAveragePooling;
import dev.backlight.engine.nn.BatchNormalization;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Flatten;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Linear;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Relu6;
import java.util.ArrayList;
import java.util.List;

/** Inverted residuals as in MobileNetV2 (Sandler et al. 2018): widened, depthwise, narrowed, and added where shapes agree. */
final class MobileNetwork {
    private static final int EXPANSION = 6;

    private MobileNetwork() {}

    static Layer create(int classes) {
        List<Layer> layers = new ArrayList<>(convolution(3, 16, 3, 2, 1, true));
        int[] widths = {16, 24, 24, 32, 32, 64};
        for (int i = 1; i < widths.length; i++) {
            boolean isSame = widths[i] == widths[i - 1];
            layers.add(new Block(widths[i - 1], widths[i], isSame ? 1 : 2));
        }
        layers.addAll(convolution(64, 128, 1, 1, 1, true));
        layers.add(AdaptiveAveragePooling.global());
        layers.add(new Flatten());
        layers.add(new Linear(128, classes));
        return new Sequential(layers.toArray(Layer[]::new));
    }

    private static List<Layer> convolution(int in, int out, int size, int stride, int groups, boolean isActivated) {
        WindowGeometry window = WindowGeometry.square(size, stride, size / 2);
        List<Layer> layers =
                new ArrayList<>(List.of(new Convolution(in, out, window, groups, false), new BatchNormalization(out)));
        if (isActivated) {
            layers.add(new Activation(new Relu6()));
        }
        return layers;
    }

    private static final class Block extends Layer {
        private final Layer conv;
        private final boolean isResidual;

        Block(int in, int out, int stride) {
            int wide = in * EXPANSION;
            List<Layer> layers = new ArrayList<>(convolution(in, wide, 1, 1, 1, true));
            layers.addAll(convolution(wide, wide, 3, stride, wide, true));
            layers.addAll(convolution(wide, out, 1, 1, 1, false));
            conv = child("conv", new Sequential(layers.toArray(Layer[]::new)));
            isResidual = stride == 1 && in == out;
        }

        @Override
        protected Tensor forward(Tensor x, Pass pass) {
            Tensor y = conv.apply(x, pass);
            return isResidual ? Ops.add(x, y) : y;
        }
    }
}
