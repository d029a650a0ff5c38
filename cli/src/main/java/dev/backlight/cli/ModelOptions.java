package dev.backlight.cli;

import dev.backlight.engine.backend.Backend;
import dev.backlight.models.data.ClassNames;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which network, with which weights, fed how. */
final class ModelOptions {
    @Option(
            names = {"-m", "--model"},
            paramLabel = "FILE|NAME",
            description = "An .onnx file, a .safetensors file made by 'train', or a network of the zoo together with"
                    + " --weights ('backlight list' shows all; default: the bundled model).")
    private @Nullable String model;

    @Option(
            names = {"-w", "--weights"},
            paramLabel = "FILE",
            description = "Weights for a network of the zoo: .safetensors, .npz, .pth or .th.")
    private @Nullable Path weights;

    @Option(
            names = {"-c", "--classes"},
            paramLabel = "FILE",
            description = "Class names: one per line, or JSON as imagenet_class_index.json.")
    private @Nullable Path classes;

    @Mixin
    private PreprocessingOptions preprocessing = new PreprocessingOptions();

    /**
     * Loads the network.
     *
     * @throws dev.backlight.engine.shape.BacklightException when it cannot be had
     */
    LoadedModel load(Backend backend, Session session) {
        Optional<ClassNames> names = Optional.ofNullable(classes).map(ClassNames::read);
        return new ModelLoading(backend, session, preprocessing, names).load(model, weights);
    }
}
