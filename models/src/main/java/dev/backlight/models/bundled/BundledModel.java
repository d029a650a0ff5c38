package dev.backlight.models.bundled;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.shape.DType;
import dev.backlight.models.vision.Classifier;
import dev.backlight.models.vision.ClassifierFile;
import dev.backlight.models.weights.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A network of ten kinds of things, trained by this program on CIFAR-10; {@code docs/bundled-model.md} says how, and how
 * well it does.
 */
public final class BundledModel {
    /** The name it is shown under. */
    public static final String NAME = "resnet9_w24-cifar10";

    private static final String RESOURCE = NAME + ".safetensors";

    private BundledModel() {}

    /** Loads the network with the names of its classes and its preprocessing. */
    public static Classifier load(Backend backend, DType dtype) {
        try (InputStream in = BundledModel.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the program's own model " + RESOURCE + " is missing; build it again");
            }
            Safetensors.Contents contents = Safetensors.parse(in.readAllBytes(), RESOURCE);
            return ClassifierFile.of(contents, "the bundled model", backend, dtype);
        } catch (IOException e) {
            throw new UncheckedIOException("the program's own model " + RESOURCE + " cannot be read", e);
        }
    }
}
