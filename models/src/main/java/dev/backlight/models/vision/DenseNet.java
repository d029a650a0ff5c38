package dev.backlight.models.vision;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.nn.Activation;
import dev.backlight.engine.nn.AdaptiveAveragePooling;
import dev.backlight.engine.nn.AveragePooling;
import dev.backlight.engine.nn.BatchNormalization;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Flatten;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Linear;
import dev.backlight.engine.nn.MaxPooling;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.nn.Sequential;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Densely connected networks with bottlenecks and compression (Huang et al., CVPR 2017): every layer sees all before it in
 * its block. Names as in torchvision: {@code features.conv0 … features.denseblock1.denselayer1.norm1 … classifier}.
 */
public final class DenseNet extends Layer {
    private static final int BOTTLENECK = 4;

    /**
     * What distinguishes the variants.
     *
     * @param layers how many each dense block has
     * @param growth channels that each layer adds
     * @param stem channels before the first block
     * @param forPhotographs whether the stem halves the image twice (7×7 convolution and pooling) or is one 3×3 convolution
     */
    public record Variant(List<Integer> layers, int growth, int stem, boolean forPhotographs) {
        static Variant photographs(int growth, int stem, Integer... layers) {
            return new Variant(List.of(layers), growth, stem, true);
        }

        /** DenseNet-BC for small images: three equal blocks, {@code depth = 3·2·n + 4}. */
        static Variant small(int growth, int depth) {
            int each = (depth - 4) / 6;
            return new Variant(List.of(each, each, each), growth, 2 * growth, false);
        }
    }

    /** A network for images {@code N×channels×H×W}, giving logits {@code N×classes}. */
    public DenseNet(Variant variant, int channels, int classes) {
        SequencedMap<String, Layer> features = stem(variant, channels);
        int width = variant.stem();
        for (int block = 1; block <= variant.layers().size(); block++) {
            int layers = variant.layers().get(block - 1);
            features.put("denseblock" + block, new DenseBlock(width, variant.growth(), layers, BOTTLENECK));
            width += layers * variant.growth();
            if (block < variant.layers().size()) {
                features.put("transition" + block, transition(width));
                width /= 2;
            }
        }
        features.put("norm" + (variant.layers().size() + 1), new BatchNormalization(width));
        child("features", new Sequential(features));
        child("relu", Activation.relu());
        child("avgpool", AdaptiveAveragePooling.global());
        child("flatten", new Flatten());
        child("classifier", new Linear(width, classes));
    }

    private static SequencedMap<String, Layer> stem(Variant variant, int channels) {
        SequencedMap<String, Layer> stem = new LinkedHashMap<>();
        if (variant.forPhotographs()) {
            stem.put("conv0", Convolution.square(channels, variant.stem(), 7, 2, 3));
            stem.put("norm0", new BatchNormalization(variant.stem()));
            stem.put("relu0", Activation.relu());
            stem.put("pool0", new MaxPooling(WindowGeometry.square(3, 2, 1)));
        } else {
            stem.put("conv0", Convolution.square(channels, variant.stem(), 3, 1, 1));
        }
        return stem;
    }

    private static Layer transition(int width) {
        Map<String, Layer> layers = new LinkedHashMap<>();
        layers.put("norm", new BatchNormalization(width));
        layers.put("relu", Activation.relu());
        layers.put("conv", Convolution.square(width, width / 2, 1, 1, 0));
        layers.put("pool", new AveragePooling(WindowGeometry.square(2, 2, 0)));
        return new Sequential(layers);
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        return Chain.apply(this, x, pass);
    }
}
