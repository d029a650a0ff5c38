package dev.backlight.models.onnx.graph;

import com.google.protobuf.ByteString;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.onnx.proto.AttributeProto;
import dev.backlight.models.onnx.proto.GraphProto;
import dev.backlight.models.onnx.proto.ModelProto;
import dev.backlight.models.onnx.proto.NodeProto;
import dev.backlight.models.onnx.proto.OperatorSetIdProto;
import dev.backlight.models.onnx.proto.TensorProto;
import dev.backlight.models.onnx.proto.TensorShapeProto;
import dev.backlight.models.onnx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;

/** Translates the messages of a file into a {@link Graph}. */
final class GraphReader {
    private static final String OWN_DOMAIN = "ai.onnx";

    private final String where;
    private final TensorReader tensors;
    private final Set<String> nodeNames = new HashSet<>();
    private final StoredTypes types = new StoredTypes();
    private final Map<String, Integer> numbers = new HashMap<>();

    GraphReader(String where, TensorReader tensors) {
        this.where = where;
        this.tensors = tensors;
    }

    Graph read(ModelProto model) {
        GraphProto graph = model.getGraph();
        if (graph.getSparseInitializerCount() > 0) {
            throw new ModelFormatException(
                    where + ": sparse initialisers are not supported; save the model with " + "dense ones");
        }
        SequencedMap<String, NamedArray> initialisers = initialisers(graph);
        List<ValueInfo> inputs = graph.getInputList().stream()
                .filter(input -> !initialisers.containsKey(input.getName()))
                .map(this::valueInfo)
                .toList();
        List<ValueInfo> outputs =
                graph.getOutputList().stream().map(this::valueInfo).toList();
        graph.getValueInfoList().forEach(types::note);
        graph.getInputList().forEach(types::note);
        List<NodeProto> inlined = new FunctionInlining(where, model).inline(graph.getNodeList());
        inlined.forEach(node -> nodeNames.add(node.getName()));
        return new Graph(where, opsets(model), inputs, outputs, initialisers, nodes(inlined), types.byName());
    }

    private Map<String, Integer> opsets(ModelProto model) {
        Map<String, Integer> versions = new HashMap<>();
        for (OperatorSetIdProto opset : model.getOpsetImportList()) {
            versions.put(domain(opset.getDomain()), (int) Math.min(opset.getVersion(), Integer.MAX_VALUE));
        }
        if (versions.isEmpty()) {
            throw new ModelFormatException(where + ": expected the version of an operator set, found none");
        }
        return versions;
    }

    private static String domain(String stated) {
        return stated.equals(OWN_DOMAIN) ? "" : stated;
    }

    private SequencedMap<String, NamedArray> initialisers(GraphProto graph) {
        SequencedMap<String, NamedArray> byName = new LinkedHashMap<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            if (tensor.getName().isEmpty()) {
                throw new ModelFormatException(where + ": an initialiser has no name");
            }
            types.note(tensor);
            if (byName.put(tensor.getName(), tensors.read(tensor)) != null) {
                throw new ModelFormatException(where + ": the initialiser \"" + tensor.getName() + "\" occurs twice");
            }
        }
        return byName;
    }

    private List<Node> nodes(List<NodeProto> protos) {
        List<Node> nodes = new ArrayList<>();
        for (NodeProto proto : protos) {
            String name = proto.getName().isEmpty() ? madeName(proto) : proto.getName();
            requireNames(proto);
            Attributes attributes = attributes(proto, name);
            types.note(proto);
            nodes.add(new Node(
                    proto.getOpType(),
                    domain(proto.getDomain()),
                    name,
                    withCaptures(proto.getInputList(), attributes),
                    proto.getOutputList(),
                    attributes));
        }
        return nodes;
    }

    /** Names stand in messages of one line. */
    private void requireNames(NodeProto node) {
        Stream.of(
                        node.getInputList(),
                        node.getOutputList(),
                        List.of(node.getName(), node.getOpType(), node.getDomain()))
                .flatMap(List::stream)
                .filter(name -> name.chars().anyMatch(Character::isISOControl))
                .findFirst()
                .ifPresent(name -> {
                    throw new ModelFormatException(where + ": the name \"" + name.replaceAll("\\p{Cntrl}", "?")
                            + "\" holds control characters; the file is damaged");
                });
    }

    /** What subgraphs read from around them is an input of their node like any other. */
    private static List<String> withCaptures(List<String> inputs, Attributes attributes) {
        return Stream.concat(inputs.stream(), attributes.texts(Attribute.CAPTURES).stream())
                .toList();
    }

    private Attribute.Body body(GraphProto proto) {
        List<String> outputs =
                proto.getOutputList().stream().map(ValueInfoProto::getName).toList();
        return new Attribute.Body(initialisers(proto), nodes(proto.getNodeList()), outputs);
    }

    /** The names that a subgraph reads and does not make. */
    private static Set<String> captures(Attribute.Body body) {
        Set<String> captured = new LinkedHashSet<>();
        body.nodes().forEach(node -> captured.addAll(node.inputs()));
        captured.addAll(body.outputs());
        captured.removeAll(body.initialisers().keySet());
        body.nodes().forEach(node -> node.outputs().forEach(captured::remove));
        captured.remove("");
        return captured;
    }

    /** The operator's name and the first free number, as exporters make names. */
    private String madeName(NodeProto node) {
        while (true) {
            String name = node.getOpType() + "_" + (numbers.merge(node.getOpType(), 1, Integer::sum) - 1);
            if (nodeNames.add(name)) {
                return name;
            }
        }
    }

    private Attributes attributes(NodeProto node, String nodeName) {
        SequencedMap<String, Attribute> byName = new LinkedHashMap<>();
        for (AttributeProto attribute : node.getAttributeList()) {
            byName.put(attribute.getName(), attribute(attribute, nodeName));
        }
        Set<String> captured = new LinkedHashSet<>();
        for (Attribute attribute : byName.values()) {
            if (attribute instanceof Attribute.Body body) {
                captured.addAll(captures(body));
            }
        }
        if (!captured.isEmpty()) {
            byName.put(Attribute.CAPTURES, new Attribute.Texts(List.copyOf(captured)));
        }
        return new Attributes(byName);
    }

    private Attribute attribute(AttributeProto proto, String nodeName) {
        return switch (kind(proto)) {
            case FLOAT -> new Attribute.Real(meant(proto.getF()));
            case INT -> new Attribute.Whole(proto.getI());
            case STRING -> new Attribute.Text(proto.getS().toStringUtf8());
            case FLOATS ->
                new Attribute.Reals(
                        proto.getFloatsList().stream().map(GraphReader::meant).toList());
            case INTS -> new Attribute.Wholes(proto.getIntsList());
            case STRINGS ->
                new Attribute.Texts(proto.getStringsList().stream()
                        .map(ByteString::toStringUtf8)
                        .toList());
            case TENSOR ->
                new Attribute.Array(
                        tensors.read(proto.getT()).renamed("attribute " + proto.getName() + " of " + nodeName));
            // A subgraph with inputs of its own belongs to a loop, which no supported operator is.
            case GRAPH ->
                proto.getG().getInputCount() == 0 ? body(proto.getG()) : new Attribute.Unread("GRAPH with inputs");
            default -> new Attribute.Unread(proto.getType().name());
        };
    }

    /** The shortest decimal that rounds to the number: 10⁻⁵ rather than 0.00000999999974737875. */
    private static double meant(float stored) {
        return Double.parseDouble(Float.toString(stored));
    }

    /** Writers before version 3 of the format left the kind out; the field that is set tells. */
    private static AttributeProto.AttributeType kind(AttributeProto proto) {
        if (proto.getType() != AttributeProto.AttributeType.UNDEFINED) {
            return proto.getType();
        }
        if (proto.hasF()) {
            return AttributeProto.AttributeType.FLOAT;
        }
        if (proto.hasI()) {
            return AttributeProto.AttributeType.INT;
        }
        if (proto.hasS()) {
            return AttributeProto.AttributeType.STRING;
        }
        if (proto.hasT()) {
            return AttributeProto.AttributeType.TENSOR;
        }
        if (proto.getIntsCount() > 0) {
            return AttributeProto.AttributeType.INTS;
        }
        return proto.getFloatsCount() > 0
                ? AttributeProto.AttributeType.FLOATS
                : AttributeProto.AttributeType.UNDEFINED;
    }

    private ValueInfo valueInfo(ValueInfoProto proto) {
        var tensor = proto.getType().getTensorType();
        Optional<List<ValueInfo.Dimension>> dimensions = tensor.hasShape()
                ? Optional.of(tensor.getShape().getDimList().stream()
                        .map(dim -> dimension(proto.getName(), dim))
                        .toList())
                : Optional.empty();
        return new ValueInfo(
                proto.getName(), ElementTypes.of(tensor.getElemType()).map(ElementType::widened), dimensions);
    }

    private ValueInfo.Dimension dimension(String value, TensorShapeProto.Dimension dim) {
        if (!dim.hasDimValue()) {
            return new ValueInfo.Dimension(OptionalInt.empty(), dim.getDimParam());
        }
        long size = dim.getDimValue();
        if (size != (int) size) {
            throw new ModelFormatException(where + ": \"" + value + "\" has an axis of size " + size
                    + ", expected at most " + Integer.MAX_VALUE);
        }
        // Some exporters write -1 or 0 for a size that is free.
        return size > 0
                ? new ValueInfo.Dimension(OptionalInt.of((int) size), "")
                : new ValueInfo.Dimension(OptionalInt.empty(), "");
    }
}
