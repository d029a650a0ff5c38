package dev.backlight.models.vision;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.nn.Activation;
import dev.backlight.engine.nn.AdaptiveAveragePooling;
import dev.backlight.engine.nn.BatchNormalization;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Flatten;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Linear;
import dev.backlight.engine.nn.MaxPooling;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.op.Ops;

/**
 * A shallow and wide residual network for small images, which reaches a given accuracy with the least arithmetic: after
 * Page, "How to train your ResNet" (2018), the fastest single-GPU entry of DAWNBench. Of its four stages the second and the
 * fourth add a residual branch of two convolutions.
 */
public final class ResNet9 extends Layer {
    /**
     * A network for images {@code N×channels×H×W} of at least 8×8, giving logits {@code N×classes}.
     *
     * @param width channels of the first stage, 64 in the original; each further stage has twice as many
     */
    public ResNet9(int width, int channels, int classes) {
        child("prep", new Sequential(stage(channels, width)));
        child("layer1", new Residual(2 * width, pooled(width, 2 * width)));
        child("layer2", new Sequential(pooled(2 * width, 4 * width)));
        child("layer3", new Residual(8 * width, pooled(4 * width, 8 * width)));
        child("avgpool", AdaptiveAveragePooling.global());
        child("flatten", new Flatten());
        child("linear", new Linear(8 * width, classes));
    }

    private static Layer[] stage(int in, int out) {
        return new Layer[] {Convolution.square(in, out, 3, 1, 1), new BatchNormalization(out), Activation.relu()};
    }

    private static Layer[] pooled(int in, int out) {
        Layer[] stage = stage(in, out);
        return new Layer[] {stage[0], stage[1], stage[2], new MaxPooling(WindowGeometry.square(2, 2, 0))};
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        return Chain.apply(this, x, pass);
    }

    /** {@code y + g(y)} with {@code y = f(x)}: f is the stage, g its branch, rectified as a whole. */
    private static final class Residual extends Layer {
        private final Layer stage;
        private final Layer branch;

        Residual(int width, Layer... stage) {
            this.stage = child("stage", new Sequential(stage));
            Layer[] first = stage(width, width);
            Layer[] second = stage(width, width);
            branch = child("branch", new Sequential(first[0], first[1], first[2], second[0], second[1], second[2]));
        }

        @Override
        protected Tensor forward(Tensor x, Pass pass) {
            Tensor y = stage.apply(x, pass);
            return Ops.add(y, branch.apply(y, pass));
        }
    }
}
