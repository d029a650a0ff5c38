package dev.backlight.models.onnx.graph;

import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.onnx.proto.AttributeProto;
import dev.backlight.models.onnx.proto.FunctionProto;
import dev.backlight.models.onnx.proto.ModelProto;
import dev.backlight.models.onnx.proto.NodeProto;
import dev.backlight.models.onnx.proto.OperatorSetIdProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts the nodes of a model's own functions in the place of their calls, under names that tell the call. */
final class FunctionInlining {
    private static final int MAX_DEPTH = 32;

    /** Functions that call functions several times grow as a power of their depth. */
    private static final int MAX_NODES = 1_000_000;

    private final String where;
    private final Map<String, FunctionProto> functions = new HashMap<>();
    private final Map<String, Long> versions = new HashMap<>();
    private final List<NodeProto> made = new ArrayList<>();
    private int calls;

    FunctionInlining(String where, ModelProto model) {
        this.where = where;
        model.getOpsetImportList().forEach(set -> versions.put(set.getDomain(), set.getVersion()));
        model.getFunctionsList()
                .forEach(function -> functions.put(key(function.getDomain(), function.getName()), function));
    }

    private static String key(String domain, String name) {
        return domain + "::" + name;
    }

    List<NodeProto> inline(List<NodeProto> nodes) {
        if (functions.isEmpty()) {
            return nodes;
        }
        nodes.forEach(node -> inline(node, 0));
        return made;
    }

    private void inline(NodeProto node, int depth) {
        FunctionProto function = functions.get(key(node.getDomain(), node.getOpType()));
        if (function == null) {
            made.add(node);
            return;
        }
        if (depth > MAX_DEPTH || made.size() > MAX_NODES) {
            throw new ModelFormatException(where + ": the function " + node.getOpType() + " calls itself, or calls of"
                    + " functions are nested more than " + MAX_DEPTH + " deep or make more than " + MAX_NODES
                    + " nodes");
        }
        requireVersions(function);
        String call = (node.getName().isEmpty() ? node.getOpType() : node.getName()) + "_" + calls++;
        Map<String, String> names = new HashMap<>(Map.of("", ""));
        pair(function.getInputList(), node.getInputList(), names);
        pair(function.getOutputList(), node.getOutputList(), names);
        for (NodeProto inner : function.getNodeList()) {
            inline(called(inner, node, function, call, names), depth + 1);
        }
    }

    /** The function's names for the caller's values; inputs left out at the end have the empty name. */
    private static void pair(List<String> own, List<String> callers, Map<String, String> names) {
        for (int i = 0; i < own.size(); i++) {
            if (i >= callers.size()) {
                names.put(own.get(i), "");
            } else if (!callers.get(i).isEmpty()) {
                names.put(own.get(i), callers.get(i));
            }
        }
    }

    private static NodeProto called(
            NodeProto inner, NodeProto caller, FunctionProto function, String call, Map<String, String> names) {
        NodeProto.Builder node = inner.toBuilder().clearInput().clearOutput().clearAttribute();
        node.setName(call + "/" + (inner.getName().isEmpty() ? inner.getOpType() : inner.getName()));
        inner.getInputList().forEach(name -> node.addInput(names.computeIfAbsent(name, own -> call + "/" + own)));
        inner.getOutputList().forEach(name -> node.addOutput(names.computeIfAbsent(name, own -> call + "/" + own)));
        for (AttributeProto attribute : inner.getAttributeList()) {
            bound(attribute, caller, function).ifPresent(node::addAttribute);
        }
        return node.build();
    }

    /** An attribute that names one of the function's takes the caller's value, or else the default; or is left out. */
    private static Optional<AttributeProto> bound(AttributeProto attribute, NodeProto caller, FunctionProto function) {
        if (attribute.getRefAttrName().isEmpty()) {
            return Optional.of(attribute);
        }
        return find(caller.getAttributeList(), attribute.getRefAttrName())
                .or(() -> find(function.getAttributeProtoList(), attribute.getRefAttrName()))
                .map(value -> value.toBuilder().setName(attribute.getName()).build());
    }

    private static Optional<AttributeProto> find(List<AttributeProto> attributes, String name) {
        return attributes.stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst();
    }

    private void requireVersions(FunctionProto function) {
        for (OperatorSetIdProto set : function.getOpsetImportList()) {
            long version = versions.computeIfAbsent(set.getDomain(), domain -> set.getVersion());
            if (version != set.getVersion()) {
                throw new ModelFormatException(where + ": the function " + function.getName()
                        + " is written for version " + set.getVersion() + " of the operator set \"" + set.getDomain()
                        + "\", the model for version " + version + "; convert the model to one version");
            }
        }
    }
}
