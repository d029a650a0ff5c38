package dev.backlight.models.vision;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.nn.Activation;
import dev.backlight.engine.nn.AdaptiveAveragePooling;
import dev.backlight.engine.nn.BatchNormalization;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Dropout;
import dev.backlight.engine.nn.Flatten;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Linear;
import dev.backlight.engine.nn.MaxPooling;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * Plain stacks of 3×3 convolutions (Simonyan and Zisserman, ICLR 2015), with or without batch normalisation. Names as in
 * torchvision: {@code features.0 … classifier.6}.
 */
public final class Vgg extends Layer {
    private static final List<Integer> WIDTHS = List.of(64, 128, 256, 512, 512);
    private static final int GRID = 7;
    private static final int HIDDEN = 4096;

    /**
     * A network for images {@code N×channels×H×W} of at least 32×32, giving logits {@code N×classes}.
     *
     * @param convolutions how many each of the five stages has
     */
    public Vgg(List<Integer> convolutions, boolean normalised, int channels, int classes) {
        child("features", features(convolutions, normalised, channels));
        child("avgpool", new AdaptiveAveragePooling(GRID, GRID));
        child("flatten", new Flatten());
        child(
                "classifier",
                new Sequential(
                        new Linear(WIDTHS.getLast() * GRID * GRID, HIDDEN),
                        Activation.relu(),
                        new Dropout(0.5),
                        new Linear(HIDDEN, HIDDEN),
                        Activation.relu(),
                        new Dropout(0.5),
                        new Linear(HIDDEN, classes)));
    }

    private static Sequential features(List<Integer> convolutions, boolean normalised, int channels) {
        List<Layer> layers = new ArrayList<>();
        int in = channels;
        for (int stage = 0; stage < convolutions.size(); stage++) {
            int out = WIDTHS.get(stage);
            for (int i = 0; i < convolutions.get(stage); i++) {
                layers.add(new Convolution(in, out, WindowGeometry.square(3, 1, 1), 1, true));
                if (normalised) {
                    layers.add(new BatchNormalization(out));
                }
                layers.add(Activation.relu());
                in = out;
            }
            layers.add(new MaxPooling(WindowGeometry.square(2, 2, 0)));
        }
        return new Sequential(layers.toArray(Layer[]::new));
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        return Chain.apply(this, x, pass);
    }
}
