package dev.backlight.models.onnx.operator;

import static dev.backlight.models.onnx.ModelBuilder.real;
import static dev.backlight.models.onnx.ModelBuilder.text;
import static dev.backlight.models.onnx.ModelBuilder.whole;
import static dev.backlight.models.onnx.ModelBuilder.wholes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.ModelBuilder;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.proto.AttributeProto;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators mean where the versions of the operator set differ, and where their settings are easily mistaken. */
class OperatorsTest {
    private static final float[] NINE = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    private static final double[] NINE_AS_DOUBLES = {1, 2, 3, 4, 5, 6, 7, 8, 9};

    @TempDir
    Path folder;

    private final Backend backend = new ReferenceBackend();

    private void check(Tensor found, Shape shape, double... expected) {
        assertEquals(shape, found.shape());
        assertArrayEquals(expected, found.toDoubles(), 1e-6);
    }

    /** One node named y whose first input is x. */
    private Tensor run(
            int opset, Tensor x, UnaryOperator<ModelBuilder> others, String inputs, String type, AttributeProto... of) {
        ModelBuilder model = others.apply(
                new ModelBuilder(opset).input("x", x.shape().sizes()).output("y"));
        Path file = model.node(type, inputs, "y", of).writeTo(folder);
        return OnnxModel.load(file, backend, DType.F32)
                .run(List.of(x), Pass.EVALUATION)
                .getFirst();
    }

    private Tensor run(int opset, Tensor x, String type, AttributeProto... attributes) {
        return run(opset, x, UnaryOperator.identity(), "x", type, attributes);
    }

    private Tensor tensor(Shape shape, float... values) {
        return Tensor.of(backend, shape, values);
    }

    private Tensor plane() {
        return tensor(Shape.of(1, 1, 3, 3), NINE);
    }

    @Test
    void softmaxNormalisesAllAxesFromOneOnBeforeVersion13AndOneAxisSince() {
        Tensor x = tensor(Shape.of(1, 2, 2), 0, 0, 0, 0);
        check(run(12, x, "Softmax"), x.shape(), 0.25, 0.25, 0.25, 0.25);
        check(run(13, x, "Softmax"), x.shape(), 0.5, 0.5, 0.5, 0.5);
        double log = Math.log(0.25);
        check(run(11, x, "LogSoftmax", whole("axis", 1)), x.shape(), log, log, log, log);
    }

    @Test
    void clipHasBoundsAsAttributesAndSinceVersion11AsOptionalInputs() {
        Tensor x = tensor(Shape.of(3), -2, 1, 9);
        check(run(10, x, "Clip", real("min", 0), real("max", 6)), x.shape(), 0, 1, 6);
        check(run(13, x, m -> m.floats("high", List.of(), 6), "x - high", "Clip"), x.shape(), -2, 1, 6);
    }

    @Test
    void padHasAmountsAsAttributeAndSinceVersion11AsInput() {
        Tensor x = tensor(Shape.of(3), 1, 2, 3);
        check(run(10, x, "Pad", wholes("pads", 1, 2), real("value", 7)), Shape.of(6), 7, 1, 2, 3, 7, 7);
        UnaryOperator<ModelBuilder> two = m -> m.longs("pads", 2, 2);
        check(run(13, x, two, "x pads", "Pad", text("mode", "reflect")), Shape.of(7), 3, 2, 1, 2, 3, 2, 1);
        check(run(13, x, two, "x pads", "Pad", text("mode", "edge")), Shape.of(7), 1, 1, 1, 2, 3, 3, 3);
        check(run(13, x, m -> m.longs("pads", -1, 1), "x pads", "Pad"), Shape.of(3), 2, 3, 0);
    }

    @Test
    void sliceClampsPositionsAndCountsDown() {
        Tensor x = tensor(Shape.of(4), 1, 2, 3, 4);
        check(run(9, x, "Slice", wholes("starts", -3), wholes("ends", Integer.MAX_VALUE)), Shape.of(3), 2, 3, 4);
        UnaryOperator<ModelBuilder> backward = m ->
                m.longs("from", -1).longs("to", Long.MIN_VALUE).longs("axes", 0).longs("steps", -2);
        check(run(13, x, backward, "x from to axes steps", "Slice"), Shape.of(2), 4, 2);
        UnaryOperator<ModelBuilder> nothing = m -> m.longs("from", 3).longs("to", 1);
        check(run(13, x, nothing, "x from to", "Slice"), Shape.of(0));
    }

    @Test
    void axesAreAttributesInOlderVersionsAndInputsInNewer() {
        Tensor x = tensor(Shape.of(1, 2), 3, 5);
        UnaryOperator<ModelBuilder> axis = m -> m.longs("axes", -1);
        check(run(11, x, "Squeeze", wholes("axes", 0)), Shape.of(2), 3, 5);
        check(run(13, x, m -> m.longs("axes", 0), "x axes", "Squeeze"), Shape.of(2), 3, 5);
        check(run(11, x, "Unsqueeze", wholes("axes", 0, 3)), Shape.of(1, 1, 2, 1), 3, 5);
        check(run(13, x, axis, "x axes", "Unsqueeze"), Shape.of(1, 2, 1), 3, 5);
        check(run(11, x, "ReduceSum", wholes("axes", -1), whole("keepdims", 0)), Shape.of(1), 8);
        check(run(13, x, axis, "x axes", "ReduceSum"), Shape.of(1, 1), 8);
        check(run(13, x, "ReduceMean", wholes("axes", 1)), Shape.of(1, 1), 4);
        check(run(18, x, axis, "x axes", "ReduceMean"), Shape.of(1, 1), 4);
        check(run(13, x, "ReduceMax", whole("keepdims", 0)), Shape.scalar(), 5);
    }

    @Test
    void reshapeCopiesSizesForZeroAndInfersOne() {
        Tensor x = tensor(Shape.of(2, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8);
        assertEquals(
                Shape.of(2, 4),
                run(9, x, m -> m.longs("s", 0, -1), "x s", "Reshape").shape());
        assertEquals(Shape.of(1, 8), run(9, x, "Flatten", whole("axis", 0)).shape());
        assertEquals(Shape.of(4, 2), run(11, x, "Flatten", whole("axis", -1)).shape());
    }

    @Test
    void averagesCountPaddingOnlyWhereAsked() {
        AttributeProto kernel = wholes("kernel_shape", 2, 2);
        AttributeProto pads = wholes("pads", 1, 1, 0, 0);
        AttributeProto strides = wholes("strides", 2, 2);
        Shape four = Shape.of(1, 1, 2, 2);
        check(run(13, plane(), "AveragePool", kernel, pads, strides), four, 1, 2.5, 5.5, 7);
        check(
                run(13, plane(), "AveragePool", kernel, pads, strides, whole("count_include_pad", 1)),
                four,
                0.25,
                1.25,
                2.75,
                7);
        check(run(13, plane(), "AveragePool", kernel, strides, whole("ceil_mode", 1)), four, 3, 4.5, 7.5, 9);
        check(run(13, plane(), "GlobalAveragePool"), Shape.of(1, 1, 1, 1), 5);
    }

    @Test
    void inCeilModeAWindowMayBeLargerThanTheImage() {
        AttributeProto kernel = wholes("kernel_shape", 4, 2);
        AttributeProto strides = wholes("strides", 2, 2);
        AttributeProto up = whole("ceil_mode", 1);
        Shape two = Shape.of(1, 1, 1, 2);
        check(run(13, plane(), "MaxPool", kernel, strides, up), two, 8, 9);
        check(run(13, plane(), "AveragePool", kernel, strides, up), two, 4.5, 6);
        check(
                run(13, plane(), "MaxPool", wholes("kernel_shape", 1, 1), wholes("strides", 3, 3), up),
                Shape.of(1, 1, 1, 1),
                1);
    }

    @Test
    void automaticPaddingPutsTheLargerHalfLastOrFirst() {
        AttributeProto kernel = wholes("kernel_shape", 2, 2);
        check(
                run(13, plane(), "MaxPool", kernel, text("auto_pad", "SAME_UPPER")),
                Shape.of(1, 1, 3, 3),
                5,
                6,
                6,
                8,
                9,
                9,
                8,
                9,
                9);
        check(
                run(13, plane(), "MaxPool", kernel, text("auto_pad", "SAME_LOWER")),
                Shape.of(1, 1, 3, 3),
                NINE_AS_DOUBLES);
        check(run(13, plane(), "MaxPool", kernel, text("auto_pad", "VALID")), Shape.of(1, 1, 2, 2), 5, 6, 8, 9);
    }

    @Test
    void windowsOverOneAxis() {
        Tensor x = tensor(Shape.of(1, 1, 4), 1, 2, 3, 4);
        check(run(13, x, "MaxPool", wholes("kernel_shape", 2), wholes("pads", 1, 0)), Shape.of(1, 1, 4), 1, 2, 3, 4);
        check(run(13, x, m -> m.floats("w", List.of(1, 1, 2), 1, 10), "x w", "Conv"), Shape.of(1, 1, 3), 21, 32, 43);
    }

    @Test
    void transposedConvolutionSpreadsEachElementOverItsWindow() {
        Tensor x = tensor(Shape.of(1, 1, 1, 2), 1, 2);
        UnaryOperator<ModelBuilder> w = m -> m.floats("w", List.of(1, 1, 1, 2), 1, 10);
        AttributeProto strides = wholes("strides", 1, 2);
        check(run(13, x, w, "x w", "ConvTranspose", strides), Shape.of(1, 1, 1, 4), 1, 10, 2, 20);
        check(
                run(13, x, w, "x w", "ConvTranspose", strides, wholes("output_padding", 0, 1)),
                Shape.of(1, 1, 1, 5),
                1,
                10,
                2,
                20,
                0);
        check(
                run(13, x, w, "x w", "ConvTranspose", strides, wholes("pads", 0, 1, 0, 0)),
                Shape.of(1, 1, 1, 3),
                10,
                2,
                20);
    }

    @Test
    void gemmScalesTransposesAndBroadcastsItsAddend() {
        Tensor x = tensor(Shape.of(2, 1), 1, 2);
        UnaryOperator<ModelBuilder> w = m -> m.floats("w", List.of(2, 1), 3, 4).floats("c", List.of(), 10);
        check(
                run(13, x, w, "x w c", "Gemm", whole("transA", 1), real("alpha", 2), real("beta", 0.5f)),
                Shape.of(1, 1),
                2 * (3 + 8) + 5);
        check(run(13, x, w, "x w", "Gemm", whole("transB", 1)), Shape.of(2, 2), 3, 4, 6, 8);
    }

    @Test
    void productsWithVectorsLoseTheirAxis() {
        Tensor x = tensor(Shape.of(2), 1, 2);
        check(run(13, x, m -> m.floats("w", List.of(2), 3, 4), "x w", "MatMul"), Shape.scalar(), 11);
        check(run(13, x, m -> m.floats("w", List.of(2, 1), 3, 4), "x w", "MatMul"), Shape.of(1), 11);
    }

    @Test
    void gatherTakesNegativeIndicesFromTheEnd() {
        Tensor x = tensor(Shape.of(2, 2), 1, 2, 3, 4);
        check(
                run(13, x, m -> m.longs("i", -1, 0, 1), "x i", "Gather", whole("axis", 1)),
                Shape.of(2, 3),
                2,
                1,
                2,
                4,
                3,
                4);
    }

    @Test
    void resizesByEveryWayToAlignTheGrids() {
        Tensor x = tensor(Shape.of(1, 2), 0, 4);
        UnaryOperator<ModelBuilder> twice = m -> m.floats("s", List.of(2), 1, 2);
        check(run(9, x, twice, "x s", "Upsample"), Shape.of(1, 4), 0, 0, 4, 4);
        check(run(10, x, twice, "x s", "Resize", text("mode", "linear")), Shape.of(1, 4), 0, 2, 4, 4);
        check(run(13, x, twice, "x - s", "Resize", text("mode", "linear")), Shape.of(1, 4), 0, 1, 3, 4);
        AttributeProto corners = text("coordinate_transformation_mode", "align_corners");
        check(
                run(13, x, m -> m.longs("n", 1, 3), "x - - n", "Resize", text("mode", "linear"), corners),
                Shape.of(1, 3),
                0,
                2,
                4);
    }

    @Test
    void splitsEvenlyOrBySizes() {
        Tensor x = tensor(Shape.of(3), 1, 2, 3);
        check(run(13, x, m -> m.longs("n", 3), "x n", "Split"), Shape.of(3), 1, 2, 3);
        assertEquals(Shape.of(3), run(11, x, "Split", wholes("split", 3)).shape());
    }

    @Test
    void normalisesAcrossNeighbouringChannels() {
        Tensor x = tensor(Shape.of(1, 3, 1, 1), 1, 2, 3);
        Tensor y = run(13, x, "LRN", whole("size", 2), real("alpha", 2), real("beta", 1), real("bias", 1));
        check(y, x.shape(), 1.0 / (1 + 1 + 4), 2.0 / (1 + 4 + 9), 3.0 / (1 + 9));
    }

    @Test
    void dropoutPassesEverything() {
        Tensor x = tensor(Shape.of(2), 1, 2);
        check(run(9, x, "Dropout", real("ratio", 0.5f)), x.shape(), 1, 2);
        check(run(13, x, m -> m.floats("r", List.of(), 0.5f), "x r", "Dropout"), x.shape(), 1, 2);
    }

    @Test
    void activationsWithTheirDefaults() {
        Tensor x = tensor(Shape.of(2), -1, 2);
        check(run(13, x, "LeakyRelu"), x.shape(), -0.01, 2);
        check(run(13, x, "HardSigmoid"), x.shape(), 0.3, 0.9);
        check(run(13, x, "Elu"), x.shape(), Math.expm1(-1), 2);
        check(run(13, x, m -> m.floats("slope", List.of(1), 0.25f), "x slope", "PRelu"), x.shape(), -0.25, 2);
        check(run(13, x, "Softsign"), x.shape(), -0.5, 2 / 3.0);
        check(run(14, x, "HardSwish"), x.shape(), -1 / 3.0, 5 / 3.0);
        check(run(13, x, m -> m.floats("two", List.of(), 2), "x two", "Pow"), x.shape(), 1, 4);
    }

    @Test
    void anEntryHoldsUntilTheNextOneOfItsOperator() {
        OperatorRegistry registry = OperatorRegistry.standard();
        assertEquals(1, registry.find("", "Clip", 10).orElseThrow().since());
        assertEquals(11, registry.find("", "Clip", 11).orElseThrow().since());
        assertEquals(11, registry.find("", "Clip", 22).orElseThrow().since());
        assertTrue(registry.find("", "Gelu", 19).isEmpty());
        assertTrue(registry.find("com.example", "Relu", 13).isEmpty());
    }
}
