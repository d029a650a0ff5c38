package dev.backlight.cli;

import dev.backlight.cli.console.TextTable;
import dev.backlight.engine.io.Npz;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.data.Preprocessing;
import dev.backlight.models.onnx.export.OnnxExport;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.pass.Passes;
import dev.backlight.models.vision.Zoo;
import dev.backlight.models.weights.PytorchWriter;
import dev.backlight.models.weights.Safetensors;
import dev.backlight.models.weights.StateDict;
import dev.backlight.models.weights.WeightFile;
import dev.backlight.models.weights.WeightLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code backlight convert}: weights and networks from one format to another. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Writes a model in another format; the ending of OUTPUT says which: .onnx (weights and graph),"
                + " .safetensors, .npz, or .pth (weights).")
final class ConvertCommand implements Callable<Integer> {
    private static final String ONNX = ".onnx";

    @ParentCommand
    private Backlight parent;

    @Parameters(paramLabel = "INPUT", index = "0", description = "An .onnx, .safetensors, .npz or .pth file.")
    private Path input;

    @Parameters(paramLabel = "OUTPUT", index = "1", description = "The file to write.")
    private Path output;

    @Option(
            names = {"-n", "--network"},
            paramLabel = "NAME",
            description =
                    "The network of the zoo that the weights belong to: they get its names, matched by name or else"
                            + " in order.")
    private @Nullable String network;

    @Option(
            names = "--fold",
            description =
                    "For .onnx: normalisations and padding disappear into convolutions, for networks whose weights"
                            + " are no longer trained.")
    private boolean fold;

    @Mixin
    private PreprocessingOptions preprocessing = new PreprocessingOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    @Override
    public Integer call() {
        String name = output.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(ONNX)) {
            writeGraph();
        } else {
            writeWeights(name);
        }
        return ExitCode.DONE;
    }

    private void writeGraph() {
        Layer model;
        Shape image;
        if (network != null) {
            model = matched(Zoo.named(network), WeightFile.read(input));
            int side = Zoo.named(network).inputSize();
            int channels = model.state().firstEntry().getValue().shape().size(1);
            image = preprocessing
                    .resolve(Preprocessing.preset("torchvision"), side)
                    .shape()
                    .with(0, channels);
        } else {
            LoadedModel loaded = new ModelLoading(
                            run.backend(), parent.session().withoutNotes(), preprocessing, Optional.empty())
                    .load(input.toString(), null);
            model = loaded.network();
            image = loaded.preprocessing().shape();
        }
        var graph = OnnxExport.graph(model, image);
        OnnxFile.write(fold ? Passes.frozen(graph) : graph, output);
        parent.session()
                .out()
                .printf(
                        Locale.ROOT,
                        "%s: a network of %,d parameters for images %s%n",
                        output,
                        model.parameterCount(),
                        image);
    }

    private void writeWeights(String name) {
        StateDict state = WeightFile.read(input);
        if (network != null) {
            state = WeightLoader.save(matched(Zoo.named(network), state));
        }
        if (name.endsWith(".safetensors")) {
            Safetensors.write(output, state, Map.of());
        } else if (name.endsWith(".npz")) {
            Npz.write(output, state.arrays().values());
        } else if (name.endsWith(".pth") || name.endsWith(".pt")) {
            PytorchWriter.write(output, state);
        } else {
            throw new BacklightException("cannot tell the format of " + output
                    + " by its ending: expected .onnx, .safetensors, .npz, .pth or .pt");
        }
        parent.session().out().printf("%s: %s%n", output, state);
    }

    /** The network with the weights: by name, or in order where the names are others, which is then shown. */
    private Layer matched(Zoo.Entry entry, StateDict state) {
        Layer layer = entry.build(channels(state), classes(state));
        WeightLoader loader = new WeightLoader(run.backend(), DType.F32, input.toString());
        List<String> names = new ArrayList<>(layer.state().keySet());
        if (state.names().stream().anyMatch(names::contains)) {
            loader.byName(layer, state);
            return layer;
        }
        SequencedMap<String, String> matching = loader.byOrder(layer, state);
        parent.session().note("the names differ, so the weights are matched in order:");
        TextTable table = new TextTable("ll");
        matching.forEach((parameter, array) -> table.row(array, parameter));
        parent.session().err().print(table);
        return layer;
    }

    private int channels(StateDict state) {
        return state.arrays().values().stream()
                .filter(array -> array.shape().rank() == 4)
                .findFirst()
                .map(array -> array.shape().size(1))
                .orElse(3);
    }

    private int classes(StateDict state) {
        return state.arrays().values().stream()
                .filter(array -> array.shape().rank() == 2)
                .reduce((before, after) -> after)
                .map(array -> array.shape().size(0))
                .orElseThrow(() -> new ModelFormatException(
                        input + ": the weights hold no matrix, so they are not those of a classifier: " + state));
    }
}
