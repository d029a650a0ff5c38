package dev.backlight.models.onnx.pass;

import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import dev.backlight.models.onnx.graph.ValueInfo;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who makes and who reads the values of a graph. */
final class Uses {
    private final Map<String, Node> makers = new HashMap<>();
    private final Map<String, Integer> readers = new HashMap<>();
    private final Set<String> outputs = new HashSet<>();

    Uses(Graph graph) {
        for (Node node : graph.nodes()) {
            node.outputs().forEach(output -> makers.put(output, node));
            node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum));
        }
        graph.outputs().stream().map(ValueInfo::name).forEach(outputs::add);
    }

    boolean isOutput(String value) {
        return outputs.contains(value);
    }

    /** Whether exactly one node, and nobody outside the graph, reads a value. */
    boolean isReadOnce(String value) {
        return readers.getOrDefault(value, 0) == 1 && !outputs.contains(value);
    }

    /** The node that makes a value for a single reader. */
    Optional<Node> onlyFor(String value) {
        return isReadOnce(value) ? Optional.ofNullable(makers.get(value)) : Optional.empty();
    }
}
