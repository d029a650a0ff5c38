package dev.backlight.cli;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.bundled.BundledModel;
import dev.backlight.models.data.Cifar10;
import dev.backlight.models.data.ClassNames;
import dev.backlight.models.data.Preprocessing;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.vision.Classifier;
import dev.backlight.models.vision.ClassifierFile;
import dev.backlight.models.vision.Zoo;
import dev.backlight.models.weights.StateDict;
import dev.backlight.models.weights.WeightFile;
import dev.backlight.models.weights.WeightLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns what a user calls a model into a {@link LoadedModel}. */
final class ModelLoading {
    private static final int CIFAR_SIDE = 32;
    private static final int MNIST_SIDE = 28;
    private static final int CAFFE_SIDE = 227;
    private static final int IMAGENET_CLASSES = 1000;

    private final Backend backend;
    private final Session session;
    private final PreprocessingOptions preprocessing;
    private final Optional<ClassNames> names;

    ModelLoading(Backend backend, Session session, PreprocessingOptions preprocessing, Optional<ClassNames> names) {
        this.backend = backend;
        this.session = session;
        this.preprocessing = preprocessing;
        this.names = names;
    }

    LoadedModel load(@Nullable String model, @Nullable Path weights) {
        if (model == null) {
            return bundled(weights);
        }
        if (Zoo.all().containsKey(model)) {
            return zoo(Zoo.named(model), weights);
        }
        Path file = Path.of(model);
        if (weights != null) {
            throw new BacklightException(
                    "--weights goes with the name of a network of the zoo, but --model is " + model);
        }
        if (hasEnding(file, ".onnx")) {
            return onnx(file);
        }
        if (hasEnding(file, ".safetensors")) {
            Classifier classifier = ClassifierFile.read(file, backend, DType.F32);
            return trained(classifier, classifier.architecture(), file.toString());
        }
        throw unknown(model);
    }

    private LoadedModel bundled(@Nullable Path weights) {
        if (weights != null) {
            throw new BacklightException(
                    "--weights needs the name of the network that they belong to; give it with --model");
        }
        return trained(BundledModel.load(backend, DType.F32), BundledModel.NAME, "bundled with the program");
    }

    /** Like {@link #load}, but a network of the zoo may come without weights, and then gets random ones. */
    LoadedModel loadForInspection(@Nullable String model, @Nullable Path weights) {
        if (model == null || weights != null || !Zoo.all().containsKey(model)) {
            return load(model, weights);
        }
        Zoo.Entry entry = Zoo.named(model);
        Preprocessing usual = preprocessing.resolve(usual(3, entry.inputSize()), 0);
        int classes = entry.inputSize() == CIFAR_SIDE ? Cifar10.CLASSES.size() : IMAGENET_CLASSES;
        Layer network = entry.build(usual.channels().count(), classes);
        network.initialise(backend, DType.F32, 0);
        return new LoadedModel(model, "random", network, usual, names, backend);
    }

    private static boolean hasEnding(Path file, String ending) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
    }

    private LoadedModel trained(Classifier classifier, String name, String origin) {
        return new LoadedModel(
                name,
                origin,
                classifier.network(),
                preprocessing.resolve(classifier.preprocessing(), 0),
                names.or(() -> Optional.of(classifier.classes())),
                backend);
    }

    private LoadedModel onnx(Path file) {
        OnnxModel network = OnnxModel.load(file, backend, DType.F32);
        InputSize input = InputSize.of(network, file);
        Preprocessing chosen = preprocessing.resolve(usual(input.channels(), input.side()), input.side());
        if (!preprocessing.namesPreset()) {
            session.note("the preprocessing is guessed from the input of " + input + ": "
                    + PreprocessingOptions.describe(chosen) + "; use --preset if it is another");
        }
        int classes = outputClasses(network);
        return new LoadedModel(
                String.valueOf(file.getFileName()),
                file.toString(),
                network,
                chosen,
                namesFor(classes, chosen.size()),
                backend);
    }

    /** The last axis of the output where the file states it, otherwise 0. */
    private static int outputClasses(OnnxModel network) {
        return network.outputs().getFirst().dimensions().stream()
                .filter(axes -> !axes.isEmpty())
                .flatMapToInt(axes -> axes.getLast().size().stream())
                .findFirst()
                .orElse(0);
    }

    private LoadedModel zoo(Zoo.Entry entry, @Nullable Path weights) {
        if (weights == null) {
            throw new BacklightException("the network " + entry.name()
                    + " comes without weights; give a file of them with --weights, or train it with 'backlight train'");
        }
        StateDict state = WeightFile.read(weights);
        int channels = inputChannels(state);
        int classes = outputClasses(state);
        Layer network = entry.build(channels, classes);
        new WeightLoader(backend, DType.F32, weights.toString()).byName(network, state);
        Preprocessing usual = usual(channels, entry.inputSize());
        Preprocessing chosen = preprocessing.resolve(usual, preprocessing.namesPreset() ? 0 : entry.inputSize());
        return new LoadedModel(
                entry.name(), weights.toString(), network, chosen, namesFor(classes, entry.inputSize()), backend);
    }

    /** Convolution weights are outputs × inputs × height × width. */
    private static int inputChannels(StateDict state) {
        return first(state, 4).map(array -> array.shape().size(1)).orElse(3);
    }

    /** The weights of the last fully connected layer are classes × features. */
    private static int outputClasses(StateDict state) {
        return last(state, 2)
                .map(array -> array.shape().size(0))
                .orElseThrow(() -> new ModelFormatException(
                        "the weights hold no matrix, so they are not those of a classifier: " + state));
    }

    private static Optional<NamedArray> first(StateDict state, int rank) {
        return state.arrays().values().stream()
                .filter(array -> array.shape().rank() == rank)
                .findFirst();
    }

    private static Optional<NamedArray> last(StateDict state, int rank) {
        return state.arrays().values().stream()
                .filter(array -> array.shape().rank() == rank)
                .reduce((before, after) -> after);
    }

    /** What networks of this input usually take; for a file that does not say, the best guess. */
    private static Preprocessing usual(int channels, int side) {
        if (channels == 1) {
            return Preprocessing.preset("mnist");
        }
        return Preprocessing.preset(
                switch (side) {
                    case CIFAR_SIDE, MNIST_SIDE -> "cifar";
                    case CAFFE_SIDE -> "caffe-bgr";
                    default -> "torchvision";
                });
    }

    private Optional<ClassNames> namesFor(int classes, int side) {
        if (names.isPresent() || classes != Cifar10.CLASSES.size() || side != CIFAR_SIDE) {
            return names;
        }
        session.note("the classes are named as those of CIFAR-10; use --classes if they are others");
        return Optional.of(Cifar10.CLASSES);
    }

    private static BacklightException unknown(String model) {
        Path file = Path.of(model);
        if (Files.exists(file)) {
            return new ModelFormatException(
                    model + " is no model by itself: expected an .onnx file or a .safetensors file"
                            + " made by 'backlight train'; weights go with --weights and the name of their network with --model");
        }
        boolean path = model.contains("/") || model.contains("\\") || model.contains(".");
        return new BacklightException(
                path
                        ? "model file " + model + " does not exist"
                        : "there is no file and no network named " + model + ", did you mean "
                                + String.join(
                                        " or ",
                                        EditDistance.nearest(model, Zoo.all().keySet(), 2))
                                + "? 'backlight list' shows all networks");
    }
}
