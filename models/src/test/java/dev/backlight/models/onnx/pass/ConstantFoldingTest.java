package dev.backlight.models.onnx.pass;

import static dev.backlight.models.onnx.ModelBuilder.whole;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.ModelBuilder;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.operator.OperatorRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConstantFoldingTest {
    @TempDir
    Path folder;

    private final OperatorRegistry registry = OperatorRegistry.standard();

    /** What exporters write for x.view(x.size(0), -1). */
    private Graph flattening() {
        return OnnxFile.read(new ModelBuilder(13)
                .input("x", -1, 2, 3)
                .output("y")
                .longs("zero", 0)
                .longs("rest", -1)
                .node("Relu", "x", "relu")
                .node("Shape", "relu", "sizes")
                .node("Gather", "sizes zero", "batch", whole("axis", 0))
                .node("Concat", "batch rest", "shape", whole("axis", 0))
                .node("Reshape", "relu shape", "y")
                .writeTo(folder));
    }

    private static List<String> types(Graph graph) {
        return graph.nodes().stream().map(Node::opType).toList();
    }

    @Test
    void leavesAloneWhatDependsOnUnknownShapes() {
        assertEquals(
                List.of("Relu", "Shape", "Gather", "Concat", "Reshape"),
                types(ConstantFolding.fold(flattening(), registry)));
    }

    @Test
    void foldsTheTangleOnceShapesAreKnown() {
        ConstantFolding.Folded folded =
                ConstantFolding.fold(flattening(), registry, DType.F32, Map.of("x", Shape.of(5, 2, 3)));
        assertEquals(List.of("Relu", "Reshape"), types(folded.graph()));
        NamedArray shape = Objects.requireNonNull(folded.graph().initialisers().get("shape"));
        assertArrayEquals(new long[] {5, -1}, shape.longs());
        assertEquals(1, folded.graph().initialisers().size(), "what only folded nodes read is dropped");
    }

    @Test
    void findsTheShapeOfEveryValue() {
        Map<String, Shape> shapes = ConstantFolding.fold(
                        flattening(), registry, DType.F32, Map.of("x", Shape.of(5, 2, 3)))
                .shapes();
        assertEquals(Shape.of(5, 6), shapes.get("y"));
        assertEquals(Shape.of(5, 2, 3), shapes.get("relu"));
        assertEquals(Shape.of(3), shapes.get("sizes"));
    }

    @Test
    void computesWholeNumbersExactly() {
        Graph graph = ConstantFolding.fold(
                OnnxFile.read(new ModelBuilder(13)
                        .output("y")
                        .longs("a", 7, Long.MAX_VALUE)
                        .longs("b", 2, 1)
                        .node("Div", "a b", "y")
                        .writeTo(folder)),
                registry);
        assertTrue(graph.nodes().isEmpty());
        NamedArray y = Objects.requireNonNull(graph.initialisers().get("y"));
        assertArrayEquals(new long[] {3, Long.MAX_VALUE}, y.longs());
    }

    @Test
    void dropsDeadNodesAndTheirInitialisers() {
        Graph graph = DeadNodes.drop(OnnxFile.read(new ModelBuilder(13)
                .input("x", 1)
                .output("y")
                .floats("unused", List.of(1), 1)
                .node("Relu", "x", "y")
                .node("Add", "y unused", "z")
                .writeTo(folder)));
        assertEquals(List.of("Relu"), types(graph));
        assertTrue(graph.initialisers().isEmpty());
    }
}
