package dev.backlight.models.onnx;

import static dev.backlight.models.onnx.ModelBuilder.text;
import static dev.backlight.models.onnx.ModelBuilder.whole;
import static dev.backlight.models.onnx.ModelBuilder.wholes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.engine.shape.UnsupportedOpException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {
    @TempDir
    Path folder;

    private final Backend backend = new ReferenceBackend();

    /** A 1×1 convolution that doubles, its rectifier, and a Gemm that weighs the two pixels. */
    private static ModelBuilder classifier(int batch) {
        return new ModelBuilder(13)
                .input("image", batch, 1, 1, 2)
                .output("logits")
                .floats("conv.weight", List.of(1, 1, 1, 1), 2)
                .floats("fc.weight", List.of(3, 2), 1, 0, 0, 1, 1, 1)
                .floats("fc.bias", List.of(3), 0.5f, 0, 0)
                .node("Conv", "image conv.weight", "conv", wholes("kernel_shape", 1, 1))
                .node("Relu", "conv", "relu")
                .node("Flatten", "relu", "flat")
                .node("Gemm", "flat fc.weight fc.bias", "logits", whole("transB", 1));
    }

    private OnnxModel load(ModelBuilder model) {
        return OnnxModel.load(model.writeTo(folder), backend, DType.F32);
    }

    private Tensor images(float... pixels) {
        return Tensor.of(backend, Shape.of(pixels.length / 2, 1, 1, 2), pixels);
    }

    private static void assertSays(Throwable thrown, String... parts) {
        String message = String.valueOf(thrown.getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "\"" + message + "\" should name " + part);
        }
        assertFalse(message.contains("\n"), "one sentence");
    }

    @Test
    void computesWhatTheGraphSays() {
        OnnxModel model = load(classifier(-1));
        assertArrayEquals(new float[] {6.5f, 0, 6}, model.apply(images(3, -1)).toFloats());
    }

    @Test
    void bindsEachBatchSizeAtItsFirstRun() {
        OnnxModel model = load(classifier(-1));
        for (int batch = 1; batch <= 20; batch++) {
            float[] pixels = new float[2 * batch];
            pixels[0] = batch;
            float[] logits = model.apply(images(pixels)).toFloats();
            assertEquals(3 * batch, logits.length);
            assertEquals(2 * batch + 0.5f, logits[0]);
        }
    }

    @Test
    void runsBatchesThroughAModelExportedForOneImage() {
        OnnxModel model = load(classifier(1));
        float[] logits = model.apply(images(3, -1, 1, 1)).toFloats();
        assertArrayEquals(new float[] {6.5f, 0, 6, 2.5f, 2, 4}, logits);
    }

    @Test
    void computesInDouble() {
        OnnxModel model = OnnxModel.load(classifier(-1).writeTo(folder), backend, DType.F64);
        Tensor image = Tensor.of(backend, Shape.of(1, 1, 1, 2), 0.1, 0.2);
        double[] logits = model.apply(image).toDoubles();
        assertArrayEquals(new double[] {0.7, 0.4, 0.6}, logits, 1e-15);
    }

    @Test
    void itsWeightsAreParametersInTheGraphsOrder() {
        OnnxModel model = load(classifier(-1));
        assertEquals(
                List.of("conv.weight", "fc.weight", "fc.bias"),
                List.copyOf(model.state().keySet()));
        assertEquals(1 + 6 + 3, model.parameterCount());
        model.state().firstEntry().getValue().set(Tensor.of(backend, Shape.of(1, 1, 1, 1), 3f));
        assertArrayEquals(new float[] {9.5f, 0, 9}, model.apply(images(3, -1)).toFloats());
    }

    @Test
    void measuredStatisticsAreNotTrained() {
        OnnxModel model = load(new ModelBuilder(9)
                .input("x", -1, 2, 1, 1)
                .output("y")
                .floats("gamma", List.of(2), 1, 2)
                .floats("beta", List.of(2), 0, 1)
                .floats("mean", List.of(2), 1, 1)
                .floats("variance", List.of(2), 4, 1)
                .node("BatchNormalization", "x gamma beta mean variance", "y", ModelBuilder.real("epsilon", 0)));
        assertEquals(2, model.parameters().size());
        assertEquals(4, model.state().size());
        Tensor x = Tensor.of(backend, Shape.of(1, 2, 1, 1), 5f, 3f);
        assertArrayEquals(new float[] {2, 5}, model.apply(x).toFloats());
    }

    @Test
    void sharedWeightsAreOneParameter() {
        OnnxModel model = load(new ModelBuilder(13)
                .input("x", 2)
                .output("y")
                .floats("w", List.of(2), 2, 3)
                .node("Identity", "w", "alias")
                .node("Mul", "x w", "a")
                .node("Mul", "a alias", "y"));
        assertEquals(List.of("w"), List.copyOf(model.state().keySet()));
        assertArrayEquals(
                new float[] {4, 9},
                model.apply(Tensor.of(backend, Shape.of(2), 1f, 1f)).toFloats());
    }

    @Test
    void everyOpCarriesItsNodesName() {
        OnnxModel model = load(classifier(-1));
        Tape tape = new Tape();
        model.apply(tape.watch(images(3, -1)));
        assertEquals(
                List.of("Conv2d at node_conv", "Relu at node_relu", "Reshape at node_flat", "Linear at node_logits"),
                tape.applications().stream().map(Application::toString).toList());
    }

    @Test
    void canBeDifferentiated() {
        OnnxModel model = load(classifier(-1));
        Tape tape = new Tape();
        Tensor image = tape.watch(images(3, -1));
        Tensor gradient = tape.gradient(model.apply(image), image);
        assertArrayEquals(new float[] {4, 0}, gradient.toFloats());
    }

    @Test
    void namesAllUnsupportedOperatorsAtOnce() {
        ModelBuilder model = classifier(-1)
                .output("b")
                .node("Bogus", "image", "a")
                .node("NonMaxSuppression", "a", "b")
                .node("Bogus", "b", "c")
                .output("c");
        assertSays(
                assertThrows(UnsupportedOpException.class, () -> load(model)),
                "Bogus (opset 13) at node \"node_a\" and 1 more",
                "NonMaxSuppression (opset 13) at node \"node_b\"");
    }

    @Test
    void ignoresAnUnsupportedOperatorThatNoOutputNeeds() {
        assertEquals(
                3, load(classifier(-1).node("Bogus", "image", "a")).parameters().size());
    }

    @Test
    void namesTheVersionOfAnOperatorSetThatIsTooNew() {
        ModelBuilder model = new ModelBuilder(99).input("x", 1).output("y").node("Relu", "x", "y");
        assertSays(assertThrows(UnsupportedOpException.class, () -> load(model)), "Relu (opset 99)", "1 to");
    }

    @Test
    void namesTheNodeWhoseInputsDoNotFit() {
        OnnxModel model = load(new ModelBuilder(13)
                .input("x", -1, -1)
                .output("y")
                .floats("w", List.of(3, 2), 1, 1, 1, 1, 1, 1)
                .node("MatMul", "x w", "y"));
        Tensor wrong = Tensor.of(backend, Shape.of(1, 4), new float[4]);
        assertSays(assertThrows(ShapeException.class, () -> model.apply(wrong)), "MatMul \"node_y\"", "1×4", "3×2");
    }

    @Test
    void namesTheInputWhoseShapeTheFileForbids() {
        OnnxModel model = load(classifier(-1));
        Tensor wrong = Tensor.of(backend, Shape.of(1, 3, 1, 2), new float[6]);
        assertSays(assertThrows(ShapeException.class, () -> model.apply(wrong)), "image: free×1×1×2", "1×3×1×2");
    }

    @Test
    void refusesAShapeThatDependsOnTheInputsValues() {
        OnnxModel model = load(new ModelBuilder(13)
                .input("x", 2)
                .output("y")
                .node("Cast", "x", "shape", whole("to", 7))
                .node("Reshape", "x shape", "y"));
        Tensor x = Tensor.of(backend, Shape.of(2), 1f, 2f);
        assertSays(
                assertThrows(UnsupportedOpException.class, () -> model.apply(x)),
                "Reshape \"node_y\"",
                "\"shape\"",
                "must be a constant");
    }

    @Test
    void refusesAModeThatIsNotSupportedNamingTheNode() {
        OnnxModel model = load(new ModelBuilder(13)
                .input("x", 1, 1, 2, 2)
                .output("y")
                .floats("scales", List.of(4), 1, 1, 2, 2)
                .node("Resize", "x - scales", "y", text("mode", "quintic")));
        Tensor x = Tensor.of(backend, Shape.of(1, 1, 2, 2), new float[4]);
        assertSays(assertThrows(UnsupportedOpException.class, () -> model.apply(x)), "Resize \"node_y\"", "quintic");
        assertTrue(model.state().isEmpty(), "scales are a setting, not a weight");
    }

    @Test
    void scoresOfAFullyConvolutionalClassifierComeAsAMatrix() {
        OnnxModel model =
                load(new ModelBuilder(13).input("x", -1, 2, 3, 3).output("y").node("GlobalAveragePool", "x", "y"));
        Tensor x = Tensor.full(backend, DType.F32, Shape.of(4, 2, 3, 3), 1);
        assertEquals(Shape.of(4, 2), model.apply(x).shape());
        assertEquals(
                Shape.of(4, 2, 1, 1),
                model.run(List.of(x), Pass.EVALUATION).getFirst().shape());
    }
}
