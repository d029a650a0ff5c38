package dev.backlight.models.onnx.graph;

import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.ModelFormatException;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * An immutable graph of operators on named values. Every value is made once (by a node, an initialiser or as an input), and
 * every node stands after those whose values it reads.
 *
 * @param name the model's name, for messages
 * @param opsets the version of each operator set, by domain; ONNX's own has the empty name
 * @param inputs what has to be given to run it: the file's inputs that no initialiser provides
 * @param outputs what it computes
 * @param initialisers constants by name, in the file's order
 * @param types how the file stores values, where it says so; arrays and tensors are wider
 */
public record Graph(
        String name,
        Map<String, Integer> opsets,
        List<ValueInfo> inputs,
        List<ValueInfo> outputs,
        SequencedMap<String, NamedArray> initialisers,
        List<Node> nodes,
        Map<String, ElementType> types) {

    /**
     * Checks the graph and puts its nodes in order.
     *
     * @throws ModelFormatException where a value is made twice or by nobody, or nodes wait for each other in a cycle
     */
    public Graph {
        opsets = Map.copyOf(opsets);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        types = Map.copyOf(types);
        initialisers = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(initialisers));
        Set<String> given = new HashSet<>(initialisers.keySet());
        inputs.forEach(input -> given.add(input.name()));
        nodes = TopologicalOrder.of(name, List.copyOf(nodes), given);
        requireMade(name, nodes, given, outputs);
    }

    /** A graph of which nothing is known about how values are stored. */
    public Graph(
            String name,
            Map<String, Integer> opsets,
            List<ValueInfo> inputs,
            List<ValueInfo> outputs,
            SequencedMap<String, NamedArray> initialisers,
            List<Node> nodes) {
        this(name, opsets, inputs, outputs, initialisers, nodes, Map.of());
    }

    /** The same graph with other inputs, of which some may have been constants. */
    public Graph withInputs(List<ValueInfo> otherInputs, SequencedMap<String, NamedArray> otherInitialisers) {
        return new Graph(name, opsets, otherInputs, outputs, otherInitialisers, nodes, types);
    }

    /** The same graph with other outputs. */
    public Graph withOutputs(List<ValueInfo> otherOutputs) {
        return new Graph(name, opsets, inputs, otherOutputs, initialisers, nodes, types);
    }

    /** The same graph with more known about how values are stored. */
    public Graph withTypes(Map<String, ElementType> otherTypes) {
        return new Graph(name, opsets, inputs, outputs, initialisers, nodes, otherTypes);
    }

    /** The version of the operator set that a node's operator comes from; 0 where the file imports no such set. */
    public int opset(String domain) {
        return opsets.getOrDefault(domain, 0);
    }

    /** The same graph with other constants and nodes: what a pass makes. */
    public Graph with(SequencedMap<String, NamedArray> otherInitialisers, List<Node> otherNodes) {
        return new Graph(name, opsets, inputs, outputs, otherInitialisers, otherNodes, types);
    }

    private static void requireMade(String graph, List<Node> nodes, Set<String> given, List<ValueInfo> outputs) {
        Set<String> made = new HashSet<>(given);
        nodes.forEach(node -> made.addAll(node.outputs()));
        for (ValueInfo output : outputs) {
            if (!made.contains(output.name())) {
                throw new ModelFormatException(graph + ": the output \"" + output.name()
                        + "\" is made by no node, initialiser or input; the file is damaged or incomplete");
            }
        }
    }
}
