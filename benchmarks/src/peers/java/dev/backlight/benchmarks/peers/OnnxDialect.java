package dev.backlight.benchmarks.peers;

import com.google.protobuf.ByteString;
import dev.backlight.benchmarks.contest.Dialect;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Step;
import dev.backlight.benchmarks.contest.Trace;
import dev.backlight.benchmarks.contest.Translation;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
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
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Steps as nodes of an ONNX graph; a tensor is the name of a value. */
final class OnnxDialect implements Dialect<String> {
    static final String INPUT = "images";

    private static final int OPERATOR_SET = 17;
    private static final int FORMAT_VERSION = 8;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("comparison");

    private OnnxDialect() {}

    /** Writes the network for any number of images of that side. */
    static void write(Trace trace, int side, Path file) throws IOException {
        OnnxDialect dialect = new OnnxDialect();
        String output = new Translation<>(trace, dialect).run(INPUT);
        dialect.graph.addInput(value(INPUT, 3, side, side));
        dialect.graph.addOutput(value(output, Job.CLASSES));
        ModelProto model = ModelProto.newBuilder()
                .setIrVersion(FORMAT_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                .setGraph(dialect.graph)
                .build();
        try (OutputStream out = Files.newOutputStream(file)) {
            model.writeTo(out);
        }
    }

    private static ValueInfoProto value(String name, int... sizesAfterBatch) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        shape.addDimBuilder().setDimParam("batch");
        for (int size : sizesAfterBatch) {
            shape.addDimBuilder().setDimValue(size);
        }
        TypeProto.Tensor type = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                .setShape(shape)
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }

    @Override
    public Stage<String> stage(Step step) {
        return switch (step) {
            case Step.Convolution conv -> {
                NodeProto.Builder node = window("Conv", conv.window())
                        .addAttribute(ints(
                                "dilations",
                                conv.window().dilationY(),
                                conv.window().dilationX()))
                        .addAttribute(integer("group", conv.groups()));
                Tensor bias = conv.bias();
                yield bias == null ? with(node, conv.weights()) : with(node, conv.weights(), bias);
            }
            case Step.Normalisation norm ->
                with(
                        node("BatchNormalization").addAttribute(real("epsilon", norm.epsilon())),
                        norm.gamma(),
                        norm.beta(),
                        norm.mean(),
                        norm.variance());
            case Step.Rectifier rectifier -> with(node("Relu"));
            case Step.MaxPooling pool -> with(window("MaxPool", pool.window()));
            case Step.AveragePooling pool -> with(window("AveragePool", pool.window()));
            case Step.Addition addition -> with(node("Add"));
            case Step.Concatenation concatenation -> with(node("Concat").addAttribute(integer("axis", 1)));
            case Step.Flattening flattening -> with(node("Flatten").addAttribute(integer("axis", 1)));
            case Step.FullyConnected linear ->
                with(node("Gemm").addAttribute(integer("transB", 1)), linear.weights(), linear.bias());
        };
    }

    /** A stage that adds the node, with those constants after its inputs. */
    private Stage<String> with(NodeProto.Builder node, Tensor... constants) {
        List<String> names =
                java.util.Arrays.stream(constants).map(this::initializer).toList();
        return (inputs, reusable) -> {
            String output = "v" + graph.getNodeCount();
            graph.addNode(node.clone().addAllInput(inputs).addAllInput(names).addOutput(output));
            return output;
        };
    }

    private String initializer(Tensor tensor) {
        String name = "w" + graph.getInitializerCount();
        float[] values = tensor.toFloats();
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        TensorProto.Builder proto = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .setRawData(ByteString.copyFrom(bytes));
        for (int size : tensor.shape().sizes()) {
            proto.addDims(size);
        }
        graph.addInitializer(proto);
        return name;
    }

    private static NodeProto.Builder node(String type) {
        return NodeProto.newBuilder().setOpType(type);
    }

    private static NodeProto.Builder window(String type, WindowGeometry w) {
        return node(type)
                .addAttribute(ints("kernel_shape", w.height(), w.width()))
                .addAttribute(ints("strides", w.strideY(), w.strideX()))
                .addAttribute(ints("pads", w.padTop(), w.padLeft(), w.padBottom(), w.padRight()));
    }

    private static AttributeProto ints(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static AttributeProto real(String name, double value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF((float) value)
                .build();
    }
}
