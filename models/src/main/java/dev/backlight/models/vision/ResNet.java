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
import java.util.List;

/**
 * Residual networks for photographs (He et al., "Deep residual learning", CVPR 2016), with wide bottlenecks (Zagoruyko and
 * Komodakis 2016) and grouped ones (ResNeXt, Xie et al. 2017). Names as in torchvision: {@code conv1 bn1 layer1.0.conv1 …
 * fc}. The stride of a bottleneck is in its 3×3 convolution.
 */
public final class ResNet extends Layer {
    private static final int STEM = 64;

    /**
     * What distinguishes the variants.
     *
     * @param blocks how many residual blocks each of the four stages has
     * @param bottleneck whether a block is 1×1, 3×3, 1×1 convolutions, four times as wide outside, instead of two 3×3
     * @param groups of a bottleneck's 3×3 convolution
     * @param groupWidth channels of one group where the stage has 64, in proportion elsewhere
     */
    public record Variant(List<Integer> blocks, boolean bottleneck, int groups, int groupWidth) {
        static Variant basic(Integer... blocks) {
            return new Variant(List.of(blocks), false, 1, STEM);
        }

        static Variant bottleneck(Integer... blocks) {
            return new Variant(List.of(blocks), true, 1, STEM);
        }

        Variant grouped(int count, int width) {
            return new Variant(blocks, bottleneck, count, width);
        }

        private Layer block(int in, int planes, int stride) {
            int width = planes * groupWidth / STEM * groups;
            return bottleneck
                    ? ResidualBlock.bottleneck(in, width, groups, planes * 4, stride)
                    : ResidualBlock.basic(in, planes, stride);
        }

        private int outOf(int planes) {
            return bottleneck ? planes * 4 : planes;
        }
    }

    /** A network for images {@code N×channels×H×W}, giving logits {@code N×classes}. */
    public ResNet(Variant variant, int channels, int classes) {
        child("conv1", Convolution.square(channels, STEM, 7, 2, 3));
        child("bn1", new BatchNormalization(STEM));
        child("relu", Activation.relu());
        child("maxpool", new MaxPooling(WindowGeometry.square(3, 2, 1)));
        int in = STEM;
        for (int stage = 0; stage < variant.blocks().size(); stage++) {
            int planes = STEM << stage;
            Layer[] blocks = new Layer[variant.blocks().get(stage)];
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = variant.block(in, planes, i == 0 && stage > 0 ? 2 : 1);
                in = variant.outOf(planes);
            }
            child("layer" + (stage + 1), new Sequential(blocks));
        }
        child("avgpool", AdaptiveAveragePooling.global());
        child("flatten", new Flatten());
        child("fc", new Linear(in, classes));
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        return Chain.apply(this, x, pass);
    }
}
