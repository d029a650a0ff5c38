package dev.backlight.models.onnx.pass;

import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Drops Identity, and Dropout, which in inference is one; whoever read their outputs reads their inputs. */
public final class Identities {
    private Identities() {}

    /** The same graph without them, but for those that make an output of the graph. */
    public static Graph drop(Graph graph) {
        Uses uses = new Uses(graph);
        Map<String, String> aliases = new HashMap<>();
        List<Node> kept = new ArrayList<>();
        for (Node original : graph.nodes()) {
            Node node = original.reading(name -> aliases.getOrDefault(name, name));
            if (isIdentity(node) && !uses.isOutput(node.outputs().getFirst())) {
                aliases.put(node.outputs().getFirst(), node.inputs().getFirst());
            } else {
                kept.add(node);
            }
        }
        return graph.with(graph.initialisers(), kept);
    }

    private static boolean isIdentity(Node node) {
        boolean hasMask = node.outputs().size() > 1 && !node.outputs().get(1).isEmpty();
        boolean mayTrain = node.inputs().size() > 2 && !node.inputs().get(2).isEmpty();
        return node.domain().isEmpty()
                && (node.opType().equals("Identity") || (node.opType().equals("Dropout") && !hasMask && !mayTrain));
    }
}
