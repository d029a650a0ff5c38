package dev.backlight.models.onnx.pass;

import static dev.backlight.models.onnx.ModelBuilder.real;
import static dev.backlight.models.onnx.ModelBuilder.whole;
import static dev.backlight.models.onnx.ModelBuilder.wholes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.ModelBuilder;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.export.OnnxExport;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.proto.TensorProto;
import dev.backlight.models.vision.Zoo;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every pass leaves what the graph computes, and takes away what it promises to. */
class PassesTest {

    private final Backend backend = new ReferenceBackend();
    private final Random random = new Random(1);

    @TempDir
    private Path folder;

    private Graph read(ModelBuilder model) {
        return OnnxFile.read(model.writeTo(folder));
    }

    private static List<String> types(Graph graph) {
        return graph.nodes().stream().map(Node::opType).toList();
    }

    private float[] numbers(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = 0.5f + random.nextFloat();
        }
        return values;
    }

    private void assertComputesTheSame(Graph before, Graph after, Shape input, double tolerance) {
        Tensor x = Tensor.random(backend, DType.F32, input, Primitive.Distribution.NORMAL, 3);
        float[] expected = OnnxModel.of(before, backend, DType.F32).apply(x).toFloats();
        float[] found = OnnxModel.of(after, backend, DType.F32).apply(x).toFloats();
        assertArrayEquals(expected, found, (float) tolerance);
    }

    @Test
    void identitiesDisappearButForOutputs() {
        Graph graph = read(new ModelBuilder(13)
                .input("x", 2)
                .output("y")
                .node("Identity", "x", "a")
                .node("Dropout", "a", "b")
                .node("Relu", "b", "c")
                .node("Identity", "c", "y"));
        Graph lean = Identities.drop(graph);
        assertEquals(List.of("Relu", "Identity"), types(lean));
        assertEquals(List.of("x"), lean.nodes().getFirst().inputs());
        assertComputesTheSame(graph, lean, Shape.of(2), 0);
    }

    @Test
    void whatIsComputedTwiceIsComputedOnce() {
        Graph graph = read(new ModelBuilder(13)
                .input("x", 2)
                .output("y")
                .node("LeakyRelu", "x", "a", real("alpha", 0.5f))
                .node("LeakyRelu", "x", "b", real("alpha", 0.5f))
                .node("LeakyRelu", "x", "c", real("alpha", 0.25f))
                .node("Exp", "a", "p")
                .node("Exp", "b", "q")
                .node("Sum", "p q c", "y"));
        Graph merged = DeadNodes.drop(CommonSubexpressions.merge(graph));
        assertEquals(List.of("LeakyRelu", "LeakyRelu", "Exp", "Sum"), types(merged));
        assertComputesTheSame(graph, merged, Shape.of(2), 0);
    }

    @Test
    void paddingWithZerosGoesIntoTheConvolution() {
        Graph graph = read(padded(0));
        Graph fused = PaddedConvolutions.fuse(graph);
        assertEquals(List.of("Conv"), types(fused));
        assertComputesTheSame(graph, fused, Shape.of(1, 2, 4, 4), 0);
    }

    @Test
    void paddingWithAnotherNumberStays() {
        assertEquals(List.of("Pad", "Conv"), types(PaddedConvolutions.fuse(read(padded(1)))));
    }

    private ModelBuilder padded(float value) {
        return new ModelBuilder(13)
                .input("x", 1, 2, 4, 4)
                .output("y")
                .longs("pads", 0, 0, 1, 0, 0, 0, 2, 1)
                .floats("value", List.of(), value)
                .floats("w", List.of(3, 2, 3, 3), numbers(54))
                .node("Pad", "x pads value", "p")
                .node("Conv", "p w", "y", wholes("pads", 0, 1, 0, 1));
    }

    @Test
    void normalisationGoesIntoTheConvolutionBefore() {
        Graph graph = read(new ModelBuilder(13)
                .input("x", 2, 4, 5, 5)
                .output("y")
                .floats("w", List.of(6, 2, 3, 3), numbers(108))
                .floats("bias", List.of(6), numbers(6))
                .floats("s", List.of(6), numbers(6))
                .floats("b", List.of(6), numbers(6))
                .floats("m", List.of(6), numbers(6))
                .floats("v", List.of(6), numbers(6))
                .node("Conv", "x w bias", "c", whole("group", 2))
                .node("BatchNormalization", "c s b m v", "y"));
        Graph folded = FoldedNormalisations.fold(graph);
        assertEquals(List.of("Conv"), types(folded));
        assertComputesTheSame(graph, folded, Shape.of(2, 4, 5, 5), 1e-4);
    }

    @Test
    void normalisationGoesIntoTheProductBefore() {
        Graph graph = read(statistics(new ModelBuilder(13), 3)
                .input("x", 2, 4)
                .output("y")
                .floats("w", List.of(4, 3), numbers(12))
                .node("Gemm", "x w", "c")
                .node("BatchNormalization", "c s b m v", "y"));
        Graph folded = FoldedNormalisations.fold(graph);
        assertEquals(List.of("Gemm"), types(folded));
        assertComputesTheSame(graph, folded, Shape.of(2, 4), 1e-5);
    }

    @Test
    void normalisationGoesIntoTheConvolutionAfterUnlessThatPads() {
        Graph unpadded = read(first(0));
        Graph folded = FoldedNormalisations.fold(unpadded);
        assertEquals(List.of("Conv"), types(folded));
        assertComputesTheSame(unpadded, folded, Shape.of(2, 3, 4, 4), 1e-4);
        assertEquals(List.of("BatchNormalization", "Conv"), types(FoldedNormalisations.fold(read(first(1)))));
    }

    @Test
    void constantsPerChannelGoIntoTheConvolutionBefore() {
        Graph graph = read(new ModelBuilder(13)
                .input("x", 2, 4, 5, 5)
                .output("y")
                .floats("w", List.of(6, 2, 3, 3), numbers(108))
                .floats("k", List.of(6, 1, 1), numbers(6))
                .floats("half", List.of(), 0.5f)
                .floats("d", List.of(1, 6, 1, 1), numbers(6))
                .node("Conv", "x w", "c", whole("group", 2))
                .node("Mul", "k c", "m")
                .node("Div", "m half", "q")
                .node("Sub", "d q", "s")
                .node("Add", "s half", "a")
                .node("Relu", "a", "y"));
        Graph folded = FoldedNormalisations.fold(graph);
        assertEquals(List.of("Conv", "Relu"), types(folded));
        assertComputesTheSame(graph, folded, Shape.of(2, 4, 5, 5), 1e-3);
    }

    @Test
    void whatIsNotPerChannelStays() {
        Graph graph = read(new ModelBuilder(13)
                .input("x", 2, 4, 5, 5)
                .output("y")
                .floats("w", List.of(5, 4, 1, 1), numbers(20))
                .floats("row", List.of(5), numbers(5))
                .node("Conv", "x w", "c")
                .node("Mul", "c row", "y"));
        assertEquals(List.of("Conv", "Mul"), types(FoldedNormalisations.fold(graph)));
    }

    @Test
    void normalisationGoesIntoTheTransposedConvolutionBefore() {
        Graph graph = read(statistics(new ModelBuilder(13), 6)
                .input("x", 2, 4, 3, 3)
                .output("y")
                .floats("w", List.of(4, 3, 2, 2), numbers(48))
                .node("ConvTranspose", "x w", "c", whole("group", 2))
                .node("BatchNormalization", "c s b m v", "y"));
        Graph folded = FoldedNormalisations.fold(graph);
        assertEquals(List.of("ConvTranspose"), types(folded));
        assertComputesTheSame(graph, folded, Shape.of(2, 4, 3, 3), 1e-4);
    }

    @Test
    void normalisationPassesMeansOnItsWayToTheConvolutionOrProductAfter() {
        Graph grouped = read(statistics(new ModelBuilder(13), 4)
                .input("x", 2, 4, 6, 6)
                .output("y")
                .floats("w", List.of(6, 2, 2, 2), numbers(48))
                .node("BatchNormalization", "x s b m v", "n")
                .node("AveragePool", "n", "p", wholes("kernel_shape", 2, 2), wholes("pads", 1, 0, 0, 1))
                .node("Conv", "p w", "y", whole("group", 2)));
        Graph folded = FoldedNormalisations.fold(grouped);
        assertEquals(List.of("AveragePool", "Conv"), types(folded));
        assertComputesTheSame(grouped, folded, Shape.of(2, 4, 6, 6), 1e-4);

        Graph head = read(statistics(new ModelBuilder(13), 4)
                .input("x", 2, 4, 6, 6)
                .output("y")
                .floats("w", List.of(4, 3), numbers(12))
                .node("BatchNormalization", "x s b m v", "n")
                .node("GlobalAveragePool", "n", "p")
                .node("Flatten", "p", "f")
                .node("Gemm", "f w", "y"));
        Graph lean = FoldedNormalisations.fold(head);
        assertEquals(List.of("GlobalAveragePool", "Flatten", "Gemm"), types(lean));
        assertComputesTheSame(head, lean, Shape.of(2, 4, 6, 6), 1e-4);
    }

    @Test
    void whatScalesOnlyGoesIntoAPaddedConvolutionAndWhatSpreadsChannelsNowhere() {
        Graph scaled = read(new ModelBuilder(13)
                .input("x", 2, 3, 4, 4)
                .output("y")
                .floats("k", List.of(3, 1, 1), numbers(3))
                .floats("w", List.of(2, 3, 2, 2), numbers(24))
                .node("Mul", "x k", "n")
                .node("Conv", "n w", "y", wholes("pads", 1, 1, 1, 1)));
        Graph folded = FoldedNormalisations.fold(scaled);
        assertEquals(List.of("Conv"), types(folded));
        assertComputesTheSame(scaled, folded, Shape.of(2, 3, 4, 4), 1e-4);

        Graph spread = read(new ModelBuilder(13)
                .input("x", 2, 1, 4, 4)
                .output("y")
                .floats("k", List.of(3, 1, 1), numbers(3))
                .floats("w", List.of(2, 3, 2, 2), numbers(24))
                .node("Mul", "x k", "n")
                .node("Conv", "n w", "y"));
        assertEquals(List.of("Mul", "Conv"), types(FoldedNormalisations.fold(spread)));
    }

    private ModelBuilder first(int pad) {
        return statistics(new ModelBuilder(13), 3)
                .input("x", 2, 3, 4, 4)
                .output("y")
                .floats("w", List.of(2, 3, 2, 2), numbers(24))
                .node("BatchNormalization", "x s b m v", "n")
                .node("Conv", "n w", "y", wholes("pads", pad, pad, pad, pad));
    }

    private ModelBuilder statistics(ModelBuilder model, int channels) {
        for (String name : List.of("s", "b", "m", "v")) {
            model.floats(name, List.of(channels), numbers(channels));
        }
        return model;
    }

    @Test
    void aNetworkOfTheZooIsFrozen() {
        Layer network = Zoo.named("resnet20").build(3, 10);
        network.initialise(backend, DType.F32, 1);
        network.state().forEach((name, parameter) -> {
            if (name.endsWith("running_mean")) {
                parameter.set(Tensor.random(backend, DType.F32, parameter.shape(), Primitive.Distribution.UNIFORM, 2));
            }
        });
        Graph graph = OnnxExport.graph(network, Shape.of(3, 32, 32));
        Graph frozen = Passes.frozen(graph);
        assertFalse(types(frozen).contains("BatchNormalization"));
        assertComputesTheSame(graph, frozen, Shape.of(1, 3, 32, 32), 1e-3);
    }

    @Test
    void quantisedConvolutionsHaveWeightsAndLetTheGradientThrough() {
        Graph graph = read(new ModelBuilder(13)
                .input("x", 1, 1, 3, 3)
                .output("y")
                .floats("scale", List.of(), 0.1f)
                .floats("ws", List.of(), 0.5f)
                .tensor(bytes("zero", TensorProto.DataType.UINT8, List.of(), 10))
                .tensor(bytes("w", TensorProto.DataType.INT8, List.of(1, 1, 2, 2), 1, 2, 3, 4))
                .tensor(bytes("wz", TensorProto.DataType.INT8, List.of(), 1))
                .node("QuantizeLinear", "x scale zero", "q")
                .node("QLinearConv", "q scale zero w ws wz scale zero", "r")
                .node("DequantizeLinear", "r scale zero", "y"));
        OnnxModel model = OnnxModel.of(graph, backend, DType.F32);
        assertArrayEquals(
                new float[] {0, 0.5f, 1, 1.5f},
                Objects.requireNonNull(model.state().get("r_dequantised_3"))
                        .value()
                        .toFloats());
        Tape tape = new Tape();
        Tensor x = tape.watch(Tensor.of(backend, Shape.of(1, 1, 3, 3), 1, 1.04f, 0, 2, 0, 1, 0, 1, 0));
        Tensor y = model.apply(x);
        assertArrayEquals(new float[] {2.5f, 1.5f, 1.5f, 1.5f}, y.toFloats(), 1e-6f);
        assertArrayEquals(
                new float[] {0, 0.5f, 0.5f, 1, 3, 2, 1, 2.5f, 1.5f},
                tape.gradient(Ops.sum(y), x).toFloats(),
                1e-6f);
    }

    private static TensorProto.Builder bytes(String name, TensorProto.DataType type, List<Integer> sizes, int... of) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
        sizes.forEach(tensor::addDims);
        for (int value : of) {
            tensor.addInt32Data(value);
        }
        return tensor;
    }
}
