package dev.backlight.models.onnx.graph;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One use of an operator.
 *
 * @param opType the operator's name, such as {@code Conv}
 * @param domain the operator set it belongs to; empty for ONNX's own
 * @param name the node's name; unique names are made for nodes without one when a file is read
 * @param inputs the values it reads, in the operator's order; an empty name stands for an optional one left out
 * @param outputs the values it makes; an empty name stands for one that nobody wants
 */
public record Node(
        String opType, String domain, String name, List<String> inputs, List<String> outputs, Attributes attributes) {
    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** The same node with other names of the values it reads. */
    public Node reading(UnaryOperator<String> rename) {
        return new Node(opType, domain, name, inputs.stream().map(rename).toList(), outputs, attributes);
    }

    /** The same node under another name, with other names of the values it reads and makes. */
    public Node renamed(String otherName, UnaryOperator<String> rename) {
        return new Node(
                opType,
                domain,
                otherName,
                inputs.stream().map(rename).toList(),
                outputs.stream().map(rename).toList(),
                attributes);
    }

    /** For example {@code Conv "layer1/conv"}, or {@code com.microsoft.Gelu "act"}. */
    @Override
    public String toString() {
        return (domain.isEmpty() ? opType : domain + "." + opType) + " \"" + name + "\"";
    }
}
