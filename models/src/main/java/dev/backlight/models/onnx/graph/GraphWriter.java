package dev.backlight.models.onnx.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.backlight.engine.io.LittleEndianOutput;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.UnsupportedOpException;
import dev.backlight.models.onnx.proto.AttributeProto;
import dev.backlight.models.onnx.proto.GraphProto;
import dev.backlight.models.onnx.proto.ModelProto;
import dev.backlight.models.onnx.proto.NodeProto;
import dev.backlight.models.onnx.proto.OperatorSetIdProto;
import dev.backlight.models.onnx.proto.TensorProto;
import dev.backlight.models.onnx.proto.TensorShapeProto;
import dev.backlight.models.onnx.proto.TypeProto;
import dev.backlight.models.onnx.proto.ValueInfoProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** Translates a {@link Graph} into the messages of a file. */
final class GraphWriter {
    /** The version of the format that came with operator set 21. */
    private static final int IR_VERSION = 10;

    private GraphWriter() {}

    static ModelProto model(Graph graph) {
        ModelProto.Builder model =
                ModelProto.newBuilder().setIrVersion(IR_VERSION).setProducerName("Backlight");
        graph.opsets()
                .forEach((domain, version) -> model.addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
        GraphProto.Builder proto = GraphProto.newBuilder().setName(graph.name());
        graph.inputs().forEach(input -> proto.addInput(value(input)));
        graph.outputs().forEach(output -> proto.addOutput(value(output)));
        graph.initialisers().forEach((name, array) -> proto.addInitializer(tensor(array.renamed(name))));
        graph.nodes().forEach(node -> proto.addNode(node(node)));
        return model.setGraph(proto).build();
    }

    private static NodeProto node(Node node) {
        NodeProto.Builder proto = NodeProto.newBuilder()
                .setName(node.name())
                .setOpType(node.opType())
                .setDomain(node.domain())
                .addAllInput(node.inputs())
                .addAllOutput(node.outputs());
        node.attributes().byName().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> proto.addAttribute(attribute(entry.getKey(), entry.getValue())));
        return proto.build();
    }

    private static AttributeProto attribute(String name, Attribute attribute) {
        AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name);
        return switch (attribute) {
            case Attribute.Real real ->
                proto.setType(AttributeProto.AttributeType.FLOAT)
                        .setF((float) real.value())
                        .build();
            case Attribute.Whole whole ->
                proto.setType(AttributeProto.AttributeType.INT)
                        .setI(whole.value())
                        .build();
            case Attribute.Text text ->
                proto.setType(AttributeProto.AttributeType.STRING)
                        .setS(ByteString.copyFromUtf8(text.value()))
                        .build();
            case Attribute.Reals reals ->
                proto.setType(AttributeProto.AttributeType.FLOATS)
                        .addAllFloats(
                                reals.values().stream().map(Double::floatValue).toList())
                        .build();
            case Attribute.Wholes wholes ->
                proto.setType(AttributeProto.AttributeType.INTS)
                        .addAllInts(wholes.values())
                        .build();
            case Attribute.Texts texts ->
                proto.setType(AttributeProto.AttributeType.STRINGS)
                        .addAllStrings(texts.values().stream()
                                .map(ByteString::copyFromUtf8)
                                .toList())
                        .build();
            case Attribute.Array array ->
                proto.setType(AttributeProto.AttributeType.TENSOR)
                        .setT(tensor(array.value()))
                        .build();
            case Attribute.Body body ->
                throw new UnsupportedOpException("attribute " + name + " is a subgraph, which cannot be written");
            case Attribute.Unread unread ->
                throw new UnsupportedOpException(
                        "attribute " + name + " is a " + unread.kind() + ", which cannot be written");
        };
    }

    private static TensorProto tensor(NamedArray array) {
        TensorProto.Builder proto =
                TensorProto.newBuilder().setName(array.name()).setDataType(type(array.dtype()));
        for (int size : array.shape().sizes()) {
            proto.addDims(size);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            LittleEndianOutput.write(array, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return proto.setRawData(UnsafeByteOperations.unsafeWrap(bytes.toByteArray()))
                .build();
    }

    private static ValueInfoProto value(ValueInfo info) {
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder();
        info.dtype().ifPresent(dtype -> tensor.setElemType(type(dtype)));
        info.dimensions().ifPresent(dimensions -> {
            TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
            for (ValueInfo.Dimension dimension : dimensions) {
                TensorShapeProto.Dimension.Builder proto = TensorShapeProto.Dimension.newBuilder();
                dimension.size().ifPresentOrElse(proto::setDimValue, () -> proto.setDimParam(dimension.symbol()));
                shape.addDim(proto);
            }
            tensor.setShape(shape);
        });
        return ValueInfoProto.newBuilder()
                .setName(info.name())
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    private static int type(DType dtype) {
        return switch (dtype) {
            case F32 -> TensorProto.DataType.FLOAT_VALUE;
            case F64 -> TensorProto.DataType.DOUBLE_VALUE;
            case I64 -> TensorProto.DataType.INT64_VALUE;
        };
    }
}
