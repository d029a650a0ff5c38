package dev.backlight.models.vision;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.nn.Activation;
import dev.backlight.engine.nn.AdaptiveAveragePooling;
import dev.backlight.engine.nn.BatchNormalization;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Flatten;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Linear;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/**
 * Residual networks for small images (He et al. 2016, section 4.2): 6n + 2 layers in three stages, with shortcuts free of
 * parameters (option A). Names as in akamaster's checkpoints: {@code conv1 bn1 layer1.0.conv1 … linear}.
 */
public final class CifarResNet extends Layer {
    private static final int STAGES = 3;

    /**
     * A network for images {@code N×channels×H×W}, giving logits {@code N×classes}.
     *
     * @param depth 20, 32, 44, 56, 110, or any other 6n + 2
     * @param width channels of the first stage: 16 in the paper; later stages have two and four times as many
     */
    public CifarResNet(int depth, int width, int channels, int classes) {
        if (depth < 8 || (depth - 2) % 6 != 0 || width < 2 || width % 2 != 0) {
            throw new ShapeException(
                    "a residual network for small images has 6n + 2 layers and an even width, but found " + depth
                            + " layers and width " + width);
        }
        child("conv1", Convolution.square(channels, width, 3, 1, 1));
        child("bn1", new BatchNormalization(width));
        child("relu", Activation.relu());
        int in = width;
        for (int stage = 0; stage < STAGES; stage++) {
            int out = width << stage;
            Layer[] blocks = new Layer[(depth - 2) / 6];
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = block(in, out);
                in = out;
            }
            child("layer" + (stage + 1), new Sequential(blocks));
        }
        child("avgpool", AdaptiveAveragePooling.global());
        child("flatten", new Flatten());
        child("linear", new Linear(in, classes));
    }

    private static Layer block(int in, int out) {
        int stride = in == out ? 1 : 2;
        return new ResidualBlock(
                List.of(Convolution.square(in, out, 3, stride, 1), Convolution.square(out, out, 3, 1, 1)),
                List.of(out, out),
                "shortcut",
                in == out ? null : new PaddingShortcut(in, out));
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        return Chain.apply(this, x, pass);
    }
}
