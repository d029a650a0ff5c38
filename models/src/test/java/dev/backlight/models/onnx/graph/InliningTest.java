package dev.backlight.models.onnx.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.UnsupportedOpException;
import dev.backlight.models.onnx.ModelBuilder;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.proto.AttributeProto;
import dev.backlight.models.onnx.proto.FunctionProto;
import dev.backlight.models.onnx.proto.GraphProto;
import dev.backlight.models.onnx.proto.ModelProto;
import dev.backlight.models.onnx.proto.NodeProto;
import dev.backlight.models.onnx.proto.OperatorSetIdProto;
import dev.backlight.models.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions and branches stand in the place of their call. */
class InliningTest {
    private final Backend backend = new ReferenceBackend();

    @TempDir
    private Path folder;

    private static NodeProto.Builder node(String domain, String type, String inputs, String output) {
        return NodeProto.newBuilder()
                .setDomain(domain)
                .setOpType(type)
                .addAllInput(Arrays.asList(inputs.split(" ")))
                .addOutput(output);
    }

    private static AttributeProto reference(String name, String of) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setRefAttrName(of)
                .build();
    }

    /** f(a, b; slope) = b + LeakyRelu(a; slope), in a domain of its own. */
    private static FunctionProto function() {
        return FunctionProto.newBuilder()
                .setName("f")
                .setDomain("own")
                .addInput("a")
                .addInput("b")
                .addOutput("c")
                .addAttribute("slope")
                .addNode(node("", "LeakyRelu", "a", "t").addAttribute(reference("alpha", "slope")))
                .addNode(node("", "Add", "b t", "c"))
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
                .build();
    }

    private Path write(ModelBuilder model, FunctionProto function, NodeProto... more) throws IOException {
        ModelProto.Builder proto = ModelProto.parseFrom(model.bytes()).toBuilder()
                .addFunctions(function)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1));
        GraphProto.Builder graph = proto.getGraphBuilder();
        graph.addAllNode(Arrays.asList(more));
        return Files.write(folder.resolve("model.onnx"), proto.build().toByteArray());
    }

    @Test
    void aFunctionIsComputedWithTheCallersAttributesOrTheOperatorsDefaults() throws IOException {
        NodeProto first = node("own", "f", "x x", "y")
                .addAttribute(ModelBuilder.real("slope", 0.5f))
                .build();
        NodeProto second = node("own", "f", "y x", "z").setName("second").build();
        Path file = write(new ModelBuilder(13).input("x", 2).output("z"), function(), first, second);
        OnnxModel model = OnnxModel.load(file, backend, DType.F64);
        Tensor x = Tensor.of(backend, Shape.of(2), -2.0, 1.0);
        assertArrayEquals(new double[] {-2 - 0.03, 3}, model.apply(x).toDoubles(), 1e-9);
        assertTrue(OnnxFile.read(file).nodes().stream()
                .anyMatch(node -> node.name().startsWith("second_1/")));
    }

    @Test
    void aFunctionThatCallsItselfIsRefused() throws IOException {
        FunctionProto endless =
                function().toBuilder().addNode(node("own", "f", "a b", "d")).build();
        NodeProto call = node("own", "f", "x x", "y").build();
        Path file = write(new ModelBuilder(13).input("x", 2).output("y"), endless, call);
        assertTrue(assertThrows(ModelFormatException.class, () -> OnnxFile.read(file))
                .toString()
                .contains("the function f calls itself"));
    }

    @Test
    void aFunctionForAnotherVersionIsRefused() throws IOException {
        NodeProto call = node("own", "f", "x x", "y").build();
        Path file = write(new ModelBuilder(14).input("x", 2).output("y"), function(), call);
        assertTrue(assertThrows(ModelFormatException.class, () -> OnnxFile.read(file))
                .toString()
                .contains("version 13"));
    }

    private static AttributeProto branch(String name, NodeProto... nodes) {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName(name)
                .addAllNode(Arrays.asList(nodes))
                .addOutput(ValueInfoProto.newBuilder().setName("result"));
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(graph)
                .build();
    }

    /** Whether the images are more than one decides, which is known once the shape is. */
    private ModelBuilder branching(String condition) {
        return new ModelBuilder(13)
                .input("x", -1)
                .output("y")
                .longs("one", 1)
                .node("Neg", "x", "negated")
                .node("Shape", "x", "shape")
                .node("Greater", "shape one", "several")
                .node("ReduceMax", "x", "largest")
                .node(
                        "If",
                        condition,
                        "y",
                        branch(
                                "then_branch",
                                node("", "Exp", "negated", "inner").build(),
                                node("", "Add", "inner x", "result").build()),
                        branch(
                                "else_branch",
                                node("", "Identity", "x", "result").build()));
    }

    @Test
    void theBranchThatTheShapesDecideIsTaken() {
        OnnxModel model = OnnxModel.load(branching("several").writeTo(folder), backend, DType.F64);
        assertArrayEquals(
                new double[] {5},
                model.apply(Tensor.of(backend, Shape.of(1), 5.0)).toDoubles());
        assertArrayEquals(
                new double[] {1, 1 + Math.exp(-1)},
                model.apply(Tensor.of(backend, Shape.of(2), 0.0, 1.0)).toDoubles(),
                1e-12);
    }

    @Test
    void aBranchThatValuesDecideIsRefused() {
        OnnxModel model = OnnxModel.load(branching("largest").writeTo(folder), backend, DType.F64);
        Tensor x = Tensor.of(backend, Shape.of(1), 5.0);
        String message =
                assertThrows(UnsupportedOpException.class, () -> model.apply(x)).toString();
        assertEquals(
                "dev.backlight.engine.shape.UnsupportedOpException: node If \"node_y\" (opset 13): the condition largest"
                        + " must be a constant once the model's input shapes are known, but depends on its values",
                message);
    }
}
