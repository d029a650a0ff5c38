package dev.backlight.models.onnx;

import com.google.protobuf.ByteString;
import dev.backlight.models.onnx.proto.AttributeProto;
import dev.backlight.models.onnx.proto.GraphProto;
import dev.backlight.models.onnx.proto.ModelProto;
import dev.backlight.models.onnx.proto.NodeProto;
import dev.backlight.models.onnx.proto.OperatorSetIdProto;
import dev.backlight.models.onnx.proto.TensorProto;
import dev.backlight.models.onnx.proto.TensorShapeProto;
import dev.backlight.models.onnx.proto.TypeProto;
import dev.backlight.models.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Small models for tests, written as the files that exporters write. */
public final class ModelBuilder {
    private final ModelProto.Builder model;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");

    public ModelBuilder(int opset) {
        model = ModelProto.newBuilder()
                .setIrVersion(7)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset));
    }

    /** An input of F32; a size of −1 is free. */
    public ModelBuilder input(String name, int... sizes) {
        graph.addInput(value(name, sizes));
        return this;
    }

    public ModelBuilder output(String name) {
        graph.addOutput(ValueInfoProto.newBuilder().setName(name));
        return this;
    }

    public ModelBuilder floats(String name, List<Integer> sizes, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return initialiser(name, TensorProto.DataType.FLOAT, sizes, bytes);
    }

    public ModelBuilder longs(String name, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            bytes.putLong(value);
        }
        return initialiser(name, TensorProto.DataType.INT64, List.of(values.length), bytes);
    }

    public ModelBuilder tensor(TensorProto.Builder tensor) {
        graph.addInitializer(tensor);
        return this;
    }

    /** A node named as its output, with space-separated inputs; {@code -} is an input left out. */
    public ModelBuilder node(String type, String inputs, String output, AttributeProto... attributes) {
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(type).setName("node_" + output);
        for (String input : inputs.isEmpty() ? new String[0] : inputs.split(" ")) {
            node.addInput(input.equals("-") ? "" : input);
        }
        graph.addNode(node.addOutput(output).addAllAttribute(List.of(attributes)));
        return this;
    }

    /** A node of one input that has no name of its own. */
    public ModelBuilder unnamed(String type, String input, String output) {
        graph.addNode(NodeProto.newBuilder().setOpType(type).addInput(input).addOutput(output));
        return this;
    }

    public static AttributeProto whole(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    public static AttributeProto real(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    public static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    public static AttributeProto wholes(String name, long... values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(Arrays.stream(values).boxed().toList())
                .build();
    }

    public byte[] bytes() {
        return model.clone().setGraph(graph).build().toByteArray();
    }

    public Path writeTo(Path folder) {
        try {
            return Files.write(folder.resolve("model.onnx"), bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ModelBuilder initialiser(String name, TensorProto.DataType type, List<Integer> sizes, ByteBuffer bytes) {
        return tensor(TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addAllDims(sizes.stream().map(Integer::longValue).toList())
                .setRawData(ByteString.copyFrom(bytes.flip())));
    }

    private static ValueInfoProto value(String name, int... sizes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int size : sizes) {
            TensorShapeProto.Dimension.Builder dim = TensorShapeProto.Dimension.newBuilder();
            shape.addDim(size < 0 ? dim.setDimParam("free") : dim.setDimValue(size));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                .setShape(shape)))
                .build();
    }
}
