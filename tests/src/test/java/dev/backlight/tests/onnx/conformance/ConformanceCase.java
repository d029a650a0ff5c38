package dev.backlight.tests.onnx.conformance;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.UnsupportedOpException;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.graph.ValueInfo;
import dev.backlight.models.onnx.operator.OperatorRegistry;
import dev.backlight.models.onnx.operator.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * One model with its sets of inputs and outputs. Inputs that operators read as settings (shapes, axes, bounds) are made
 * constants, as they are in the models that exporters write.
 */
final class ConformanceCase {
    /** The bounds of ONNX's own test runner. */
    private static final double RELATIVE = 1e-3;

    private static final double ABSOLUTE = 1e-7;

    private final Path folder;
    private final Backend backend;

    ConformanceCase(Path folder, Backend backend) {
        this.folder = folder;
        this.backend = backend;
    }

    Outcome run() {
        try {
            Graph graph = OnnxFile.read(folder.resolve("model.onnx"));
            for (int set = 0; Files.isDirectory(set(set)); set++) {
                String difference = difference(graph, set(set));
                if (!difference.isEmpty()) {
                    return new Outcome(Outcome.Kind.WRONG, difference);
                }
            }
            return Outcome.PASSED;
        } catch (UnsupportedOpException | ModelFormatException e) {
            return new Outcome(Outcome.Kind.REFUSED, sentence(e));
        } catch (RuntimeException e) {
            return new Outcome(Outcome.Kind.WRONG, e.getClass().getSimpleName() + ": " + sentence(e));
        }
    }

    private Path set(int number) {
        return folder.resolve("test_data_set_" + number);
    }

    /** Messages begin with the file's path, which is another on every machine. */
    private String sentence(RuntimeException e) {
        return String.valueOf(e.getMessage())
                .replace(folder + "/", "")
                .replace("model.onnx: ", "")
                .replaceAll("\\s+", " ");
    }

    private String difference(Graph graph, Path data) {
        List<NamedArray> inputs = arrays(data, "input_");
        List<NamedArray> outputs = arrays(data, "output_");
        Set<String> settings = settings(graph);
        SequencedMap<String, NamedArray> constants = new LinkedHashMap<>(graph.initialisers());
        List<ValueInfo> open = new ArrayList<>();
        List<NamedArray> given = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            ValueInfo input = graph.inputs().get(i);
            if (settings.contains(input.name())) {
                constants.put(input.name(), inputs.get(i).renamed(input.name()));
            } else {
                open.add(input);
                given.add(inputs.get(i));
            }
        }
        Graph bound = graph.withInputs(open, constants);
        try (Scope scope = Scope.open()) {
            Target target = new Target(backend, Optional.of(floats(inputs, outputs)));
            List<Tensor> tensors = given.stream().map(target::upload).toList();
            List<Tensor> found =
                    OnnxModel.of(bound, backend, target.computed(DType.F32)).run(tensors, Pass.EVALUATION);
            return difference(outputs, found);
        }
    }

    private static DType floats(List<NamedArray> inputs, List<NamedArray> outputs) {
        boolean isWide = inputs.stream().anyMatch(array -> array.dtype() == DType.F64)
                || outputs.stream().anyMatch(array -> array.dtype() == DType.F64);
        return isWide ? DType.F64 : DType.F32;
    }

    /** The inputs that some operator must know before the model runs. */
    private static Set<String> settings(Graph graph) {
        OperatorRegistry registry = OperatorRegistry.standard();
        Set<String> names = new HashSet<>();
        for (Node node : graph.nodes()) {
            List<Integer> settings = registry.find(graph, node)
                    .map(OperatorRegistry.Entry::settings)
                    .orElse(List.of());
            settings.stream()
                    .filter(input -> input < node.inputs().size())
                    .forEach(input -> names.add(node.inputs().get(input)));
        }
        return names;
    }

    private static List<NamedArray> arrays(Path data, String prefix) {
        List<NamedArray> arrays = new ArrayList<>();
        for (int i = 0; Files.exists(data.resolve(prefix + i + ".pb")); i++) {
            arrays.add(OnnxFile.readTensor(data.resolve(prefix + i + ".pb")));
        }
        return arrays;
    }

    private static String difference(List<NamedArray> expected, List<Tensor> found) {
        if (expected.size() != found.size()) {
            return found.size() + " outputs instead of " + expected.size();
        }
        for (int i = 0; i < expected.size(); i++) {
            String difference = difference(expected.get(i), found.get(i));
            if (!difference.isEmpty()) {
                return "output " + i + " " + difference;
            }
        }
        return "";
    }

    private static String difference(NamedArray expected, Tensor found) {
        if (!expected.shape().equals(found.shape())) {
            return "has shape " + found.shape() + " instead of " + expected.shape();
        }
        double[] values = found.toDoubles();
        for (int i = 0; i < values.length; i++) {
            double wanted = expected.doubleAt(i);
            boolean isSame = Double.compare(wanted, values[i]) == 0
                    || Math.abs(wanted - values[i]) <= ABSOLUTE + RELATIVE * Math.abs(wanted);
            if (!isSame) {
                return "has " + values[i] + " instead of " + wanted + " at " + i;
            }
        }
        return "";
    }
}
