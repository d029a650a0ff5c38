package dev.backlight.models.onnx;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import dev.backlight.models.onnx.graph.ValueInfo;
import dev.backlight.models.onnx.operator.OperatorRegistry;
import dev.backlight.models.onnx.pass.Passes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What stands in an ONNX file, of operators that are not supported too.
 *
 * @param opsets the version of each operator set by its domain
 * @param operators how often each occurs
 * @param weights floating numbers of all initialisers
 * @param unsupported what cannot be computed and at which node
 */
public record OnnxSummary(
        Map<String, Integer> opsets,
        List<ValueInfo> inputs,
        List<ValueInfo> outputs,
        SortedMap<String, Integer> operators,
        long weights,
        List<String> unsupported) {

    /** Counts what a graph holds as it was read. */
    public static OnnxSummary of(Graph file) {
        SortedMap<String, Integer> operators = new TreeMap<>();
        file.nodes().forEach(node -> operators.merge(name(node), 1, Integer::sum));
        long weights = file.initialisers().values().stream()
                .filter(array -> array.dtype().isFloating())
                .mapToLong(NamedArray::size)
                .sum();
        Graph run = Passes.standard(file);
        OperatorRegistry registry = OperatorRegistry.standard();
        List<String> unsupported = new ArrayList<>();
        for (Node node : run.nodes()) {
            if (registry.find(run, node).isEmpty()) {
                unsupported.add(
                        name(node) + " (opset " + run.opset(node.domain()) + ") at node \"" + node.name() + "\"");
            }
        }
        return new OnnxSummary(
                new TreeMap<>(file.opsets()), file.inputs(), file.outputs(), operators, weights, unsupported);
    }

    private static String name(Node node) {
        return node.domain().isEmpty() ? node.opType() : node.domain() + "." + node.opType();
    }
}
