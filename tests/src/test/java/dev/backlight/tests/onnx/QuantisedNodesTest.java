package dev.backlight.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.graph.Attribute;
import dev.backlight.models.onnx.graph.Attributes;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.graph.ValueInfo;
import dev.backlight.models.onnx.graph.ValueInfo.Dimension;
import dev.backlight.models.onnx.proto.TensorProto.DataType;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Operators on quantised numbers, as ONNX Runtime's own quantisation writes them, against ONNX Runtime. */
class QuantisedNodesTest {
    private static final int OPSET = 17;
    private static final float STEP = 0.05f;

    private final Backend backend = new ReferenceBackend();

    @TempDir
    private Path folder;

    /** A graph from x, quantised to {@code q}, through one operator, whose result {@code r} is made real again. */
    private static final class Builder {
        private final SequencedMap<String, NamedArray> constants = new LinkedHashMap<>();
        private final List<Node> nodes = new ArrayList<>();

        Builder() {
            scale("scale", STEP);
            whole("zero", DataType.UINT8_VALUE, Shape.scalar(), 120);
            add("QuantizeLinear", "", "x scale zero", "q", Map.of());
        }

        Builder scale(String name, float... values) {
            Shape shape = values.length == 1 ? Shape.scalar() : Shape.of(values.length);
            constants.put(name, NamedArray.of(name, shape, values));
            return this;
        }

        /** A constant of a narrow type, which our writer of files does not know but Cast makes. */
        Builder whole(String name, int type, Shape shape, long... values) {
            constants.put(name + "_wide", NamedArray.of(name + "_wide", shape, values));
            return add("Cast", "", name + "_wide", name, Map.of("to", new Attribute.Whole(type)));
        }

        Builder add(String type, String domain, String inputs, String output, Map<String, Attribute> attributes) {
            nodes.add(new Node(
                    type, domain, output, List.of(inputs.split(" ")), List.of(output), new Attributes(attributes)));
            return this;
        }

        Builder operator(String type, String inputs, Map<String, Attribute> attributes) {
            return add(type, "com.microsoft", inputs, "r", attributes);
        }

        Graph graph(int... sizes) {
            add("DequantizeLinear", "", "r scale zero", "y", Map.of());
            List<Dimension> dimensions = Arrays.stream(sizes)
                    .mapToObj(size -> new Dimension(OptionalInt.of(size), ""))
                    .toList();
            ValueInfo x = new ValueInfo("x", Optional.of(DType.F32), Optional.of(dimensions));
            ValueInfo y = new ValueInfo("y", Optional.of(DType.F32), Optional.empty());
            Map<String, Integer> sets = Map.of("", OPSET, "com.microsoft", 1);
            return new Graph("quantised", sets, List.of(x), List.of(y), constants, nodes);
        }
    }

    @TestFactory
    Stream<DynamicTest> giveTheSameAsOnnxRuntime() {
        Attribute two = new Attribute.Wholes(List.of(2L, 2L));
        Builder product = new Builder()
                .scale("weight_scale", 0.02f, 0.03f, 0.01f)
                .whole("weight_zero", DataType.INT8_VALUE, Shape.of(3), 0, 0, 0)
                .whole("w", DataType.INT8_VALUE, Shape.of(3, 4), 5, -7, 90, 3, -50, 20, 11, 0, 1, 2, 3, 127)
                .whole("c", DataType.INT32_VALUE, Shape.of(3), 300, -200, 1000)
                .operator(
                        "QGemm",
                        "q scale zero w weight_scale weight_zero c scale zero",
                        Map.of("transB", new Attribute.Whole(1), "alpha", new Attribute.Real(1)));
        Builder pool = new Builder()
                .operator(
                        "QLinearAveragePool",
                        "q scale zero scale zero",
                        Map.of(
                                "kernel_shape",
                                two,
                                "strides",
                                two,
                                "pads",
                                new Attribute.Wholes(List.of(1L, 0L, 0L, 1L))));
        Builder global = new Builder().operator("QLinearGlobalAveragePool", "q scale zero scale zero", Map.of());
        Builder softmax = new Builder()
                .operator(
                        "QLinearSoftmax",
                        "q scale zero scale zero",
                        Map.of("axis", new Attribute.Whole(-1), "opset", new Attribute.Whole(OPSET)));
        Builder sum = new Builder().operator("QLinearAdd", "q scale zero q scale zero scale zero", Map.of());
        return Stream.of(
                dynamicTest("QGemm", () -> check(product.graph(2, 4), Shape.of(2, 4))),
                dynamicTest("QLinearAveragePool", () -> check(pool.graph(1, 2, 5, 4), Shape.of(1, 2, 5, 4))),
                dynamicTest("QLinearGlobalAveragePool", () -> check(global.graph(1, 2, 5, 4), Shape.of(1, 2, 5, 4))),
                dynamicTest("QLinearSoftmax", () -> check(softmax.graph(2, 5), Shape.of(2, 5))),
                dynamicTest("QLinearAdd", () -> check(sum.graph(2, 5), Shape.of(2, 5))));
    }

    private void check(Graph graph, Shape shape) throws OrtException {
        Path file = folder.resolve("quantised.onnx");
        OnnxFile.write(graph, file);
        try (Scope scope = Scope.open()) {
            Tensor x = Tensor.random(backend, DType.F32, shape, Primitive.Distribution.NORMAL, 3);
            float[] found = OnnxModel.load(file, backend, DType.F32)
                    .run(List.of(x), Pass.EVALUATION)
                    .getFirst()
                    .toFloats();
            float[] expected = inOnnxRuntime(file, x);
            // A step of the grid, where sums of another order round to the other side.
            assertArrayEquals(expected, found, 1.01f * STEP);
            int same = 0;
            for (int i = 0; i < found.length; i++) {
                same += Math.abs(found[i] - expected[i]) < 1e-5 ? 1 : 0;
            }
            assertTrue(same >= 0.9 * found.length, Arrays.toString(found) + " and " + Arrays.toString(expected));
        }
    }

    private static float[] inOnnxRuntime(Path file, Tensor x) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        long[] sizes = Arrays.stream(x.shape().sizes()).asLongStream().toArray();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                OrtSession session = environment.createSession(file.toString(), options);
                OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x.toFloats()), sizes);
                OrtSession.Result result = session.run(Map.of("x", input))) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] copy = new float[values.remaining()];
            values.get(copy);
            return copy;
        }
    }
}
