package dev.backlight.models.onnx.graph;

import dev.backlight.engine.io.ElementType;
import dev.backlight.models.onnx.proto.AttributeProto;
import dev.backlight.models.onnx.proto.NodeProto;
import dev.backlight.models.onnx.proto.TensorProto;
import dev.backlight.models.onnx.proto.ValueInfoProto;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a file stores values, where it says so or where it follows from a node: a quantised value's range is that of its
 * type, while the tensor that holds it is wider.
 */
final class StoredTypes {
    /** Operators whose output has the type of their first input. */
    private static final Set<String> KEEPING = Set.of(
            "Identity",
            "Reshape",
            "Flatten",
            "Squeeze",
            "Unsqueeze",
            "Transpose",
            "Slice",
            "Gather",
            "Expand",
            "Concat");

    private final Map<String, ElementType> byName = new HashMap<>();

    Map<String, ElementType> byName() {
        return byName;
    }

    void note(TensorProto tensor) {
        note(tensor.getName(), ElementTypes.of(tensor.getDataType()));
    }

    void note(ValueInfoProto value) {
        note(value.getName(), ElementTypes.of(value.getType().getTensorType().getElemType()));
    }

    /** Nodes come in the order of the file, in which each stands after those whose values it reads. */
    void note(NodeProto node) {
        if (node.getOutputCount() == 0 || !node.getDomain().isEmpty()) {
            return;
        }
        String output = node.getOutput(0);
        switch (node.getOpType()) {
            case "Constant" ->
                node.getAttributeList().stream()
                        .filter(AttributeProto::hasT)
                        .forEach(attribute ->
                                note(output, ElementTypes.of(attribute.getT().getDataType())));
            case "Cast" ->
                node.getAttributeList().stream()
                        .filter(attribute -> attribute.getName().equals("to"))
                        .forEach(attribute -> note(output, ElementTypes.of((int) attribute.getI())));
            case "QuantizeLinear" -> note(output, of(node, 2).or(() -> Optional.of(ElementType.U8)));
            case "DynamicQuantizeLinear" -> {
                note(output, Optional.of(ElementType.U8));
                if (node.getOutputCount() > 2) {
                    note(node.getOutput(2), Optional.of(ElementType.U8));
                }
            }
            default -> {
                if (KEEPING.contains(node.getOpType())) {
                    note(output, of(node, 0));
                }
            }
        }
    }

    private Optional<ElementType> of(NodeProto node, int input) {
        return input < node.getInputCount() ? Optional.ofNullable(byName.get(node.getInput(input))) : Optional.empty();
    }

    private void note(String name, Optional<ElementType> type) {
        type.ifPresent(known -> byName.put(name, known));
    }
}
