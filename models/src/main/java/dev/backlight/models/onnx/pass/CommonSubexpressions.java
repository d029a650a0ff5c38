package dev.backlight.models.onnx.pass;

import dev.backlight.models.onnx.graph.Attributes;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Of nodes that compute the same from the same values, keeps the first. */
public final class CommonSubexpressions {
    /** Operators that give something else every time. */
    private static final Set<String> RANDOM = Set.of(
            "RandomNormal",
            "RandomNormalLike",
            "RandomUniform",
            "RandomUniformLike",
            "Bernoulli",
            "Multinomial",
            "Dropout");

    private CommonSubexpressions() {}

    private record Computation(String domain, String opType, List<String> inputs, int outputs, Attributes attributes) {}

    /** The same graph with each computation once; a node that makes an output of the graph stays. */
    public static Graph merge(Graph graph) {
        Uses uses = new Uses(graph);
        Map<Computation, Node> first = new HashMap<>();
        Map<String, String> aliases = new HashMap<>();
        List<Node> kept = new ArrayList<>();
        for (Node original : graph.nodes()) {
            Node node = original.reading(name -> aliases.getOrDefault(name, name));
            Computation computation = new Computation(
                    node.domain(), node.opType(), node.inputs(), node.outputs().size(), node.attributes());
            Node earlier = RANDOM.contains(node.opType()) ? null : first.putIfAbsent(computation, node);
            if (earlier == null
                    || !covers(earlier, node)
                    || node.outputs().stream().anyMatch(uses::isOutput)) {
                kept.add(node);
                continue;
            }
            for (int i = 0; i < node.outputs().size(); i++) {
                aliases.put(node.outputs().get(i), earlier.outputs().get(i));
            }
        }
        return graph.with(graph.initialisers(), kept);
    }

    /** Whether every output that somebody wants of the later node is made by the earlier one. */
    private static boolean covers(Node earlier, Node later) {
        for (int i = 0; i < later.outputs().size(); i++) {
            if (earlier.outputs().get(i).isEmpty() && !later.outputs().get(i).isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
