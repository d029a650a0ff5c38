package dev.backlight.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backlight.cli.console.TextTable;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.OnnxSummary;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.vision.LayerSummary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code backlight inspect}: what a network consists of. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Prints a model's layers, output shapes, parameters and multiply-adds for one picture.")
final class InspectCommand implements Callable<Integer> {
    @ParentCommand
    private Backlight parent;

    @Parameters(
            paramLabel = "MODEL",
            arity = "0..1",
            description =
                    "An .onnx or .safetensors file, or a network of the zoo, with or without --weights (default: the"
                            + " bundled model).")
    private @Nullable String model;

    @Option(
            names = {"-w", "--weights"},
            paramLabel = "FILE",
            description =
                    "Weights for a network of the zoo; without, it is shown as it is made for 1000 classes, or 10 for"
                            + " pictures of 32 pixels.")
    private @Nullable Path weights;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private PreprocessingOptions preprocessing = new PreprocessingOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    @Override
    public Integer call() throws JsonProcessingException {
        Optional<OnnxSummary> onnx = Optional.ofNullable(model)
                .filter(name -> name.toLowerCase(Locale.ROOT).endsWith(".onnx"))
                .map(name -> OnnxSummary.of(OnnxFile.read(Path.of(name))));
        if (onnx.isPresent() && !onnx.get().unsupported().isEmpty()) {
            parent.session()
                    .out()
                    .print(json ? text(OnnxInspection.asJson(onnx.get())) : OnnxInspection.asText(onnx.get()));
            return ExitCode.DONE;
        }
        LoadedModel loaded = new ModelLoading(
                        run.backend(), parent.session().withoutNotes(), preprocessing, Optional.empty())
                .loadForInspection(model, weights);
        Shape input = loaded.preprocessing().shape().insert(0, 1);
        try (Scope scope = Scope.open()) {
            LayerSummary summary =
                    LayerSummary.of(loaded.network(), Tensor.full(loaded.backend(), DType.F32, input, 0));
            Map<String, Object> found = asJson(loaded, input, summary);
            onnx.ifPresent(file -> found.putAll(OnnxInspection.asJson(file)));
            String heading = onnx.map(OnnxInspection::asText).orElse("");
            parent.session().out().print(json ? text(found) : heading + asText(loaded, input, summary));
        }
        return ExitCode.DONE;
    }

    private static String asText(LoadedModel loaded, Shape input, LayerSummary summary) {
        TextTable table = new TextTable("llrrr").row("layer", "operations", "output", "parameters", "multiply-adds");
        for (LayerSummary.Row row : summary.rows()) {
            table.row(
                    row.path(),
                    String.join(", ", row.ops()),
                    row.output().toString(),
                    count(row.parameters()),
                    count(row.multiplyAdds()));
        }
        return "%s, input %s%n%n%s%n%s parameters, %s multiply-adds, %s bytes of activations%n"
                .formatted(
                        loaded.name(),
                        input,
                        table,
                        count(summary.trainable()),
                        count(summary.multiplyAdds()),
                        count(summary.activationBytes()));
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static Map<String, Object> asJson(LoadedModel loaded, Shape input, LayerSummary summary) {
        List<Map<String, Object>> layers = new ArrayList<>();
        for (LayerSummary.Row row : summary.rows()) {
            Map<String, Object> layer = new LinkedHashMap<>();
            layer.put("name", row.path());
            layer.put("operations", row.ops());
            layer.put("output", sizes(row.output()));
            layer.put("parameters", row.parameters());
            layer.put("multiplyAdds", row.multiplyAdds());
            layers.add(layer);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("model", loaded.name());
        all.put("input", sizes(input));
        all.put("layers", layers);
        all.put("parameters", summary.trainable());
        all.put("multiplyAdds", summary.multiplyAdds());
        all.put("activationBytes", summary.activationBytes());
        return all;
    }

    private static String text(Map<String, Object> found) throws JsonProcessingException {
        return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(found) + System.lineSeparator();
    }

    private static List<Integer> sizes(Shape shape) {
        return Arrays.stream(shape.sizes()).boxed().toList();
    }
}
