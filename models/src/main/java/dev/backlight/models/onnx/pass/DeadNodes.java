package dev.backlight.models.onnx.pass;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/** Drops the nodes and initialisers from which no output is computed. */
public final class DeadNodes {
    private DeadNodes() {}

    /** The same graph without them. */
    public static Graph drop(Graph graph) {
        Set<String> wanted = new HashSet<>();
        graph.outputs().forEach(output -> wanted.add(output.name()));
        List<Node> live = new ArrayList<>();
        for (Node node : graph.nodes().reversed()) {
            if (node.outputs().stream().anyMatch(wanted::contains)) {
                live.add(node);
                wanted.addAll(node.inputs());
            }
        }
        Collections.reverse(live);
        SequencedMap<String, NamedArray> initialisers = new LinkedHashMap<>(graph.initialisers());
        initialisers.keySet().retainAll(wanted);
        return graph.with(initialisers, live);
    }
}
