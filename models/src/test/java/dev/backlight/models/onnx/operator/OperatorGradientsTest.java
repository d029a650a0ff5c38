package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.check.SampleInput.distinct;
import static dev.backlight.engine.check.SampleInput.smooth;
import static dev.backlight.engine.check.SampleInput.uniform;
import static dev.backlight.models.onnx.ModelBuilder.text;
import static dev.backlight.models.onnx.ModelBuilder.whole;
import static dev.backlight.models.onnx.ModelBuilder.wholes;

import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.check.GradientCheck;
import dev.backlight.engine.check.OpSample;
import dev.backlight.engine.check.SampleInput;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.shape.DType;
import dev.backlight.models.onnx.ModelBuilder;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.proto.AttributeProto;
import dev.backlight.models.onnx.proto.TensorProto;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** First and second derivatives of operators that are composed of several ops, against differences in double. */
class OperatorGradientsTest {
    private static final int OPSET = 17;

    @TempDir
    private Path folder;

    private final Backend backend = new ReferenceBackend();

    /** One node: its inputs x, y and z are sampled, the others are constants of the model. */
    private record Case(String type, String inputs, UnaryOperator<ModelBuilder> constants, List<AttributeProto> with) {
        static Case of(String type, String inputs, AttributeProto... with) {
            return new Case(type, inputs, UnaryOperator.identity(), List.of(with));
        }

        Case with(UnaryOperator<ModelBuilder> others) {
            return new Case(type, inputs, others, with);
        }
    }

    private static TensorProto.Builder matrix(String name, int rows, int columns, long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(rows)
                .addDims(columns);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        return tensor;
    }

    @TestFactory
    Stream<DynamicTest> contractionsAreDifferentiable() {
        return Stream.of(
                check(
                        Case.of("Einsum", "x y", text("equation", "bij,bkj->bik")),
                        uniform(-1, 1, 2, 2, 3),
                        uniform(-1, 1, 2, 4, 3)),
                check(
                        Case.of("Einsum", "x y z", text("equation", "ii,i,...i->...")),
                        uniform(-1, 1, 3, 3),
                        uniform(-1, 1, 3),
                        uniform(-1, 1, 2, 3)),
                check(
                        Case.of("CumSum", "x axis", whole("reverse", 1)).with(m -> m.longs("axis", 1)),
                        uniform(-1, 1, 2, 3)),
                check(Case.of("ReduceProd", "x", wholes("axes", 1)), uniform(-1, 1, 2, 5)),
                check(Case.of("LpNormalization", "x"), uniform(0.2, 1, 2, 3)));
    }

    @TestFactory
    Stream<DynamicTest> pickingAndPuttingAreDifferentiable() {
        UnaryOperator<ModelBuilder> places = m -> m.tensor(matrix("at", 2, 2, 1, 0, 0, 1));
        return Stream.of(
                check(Case.of("TopK", "x k").with(m -> m.longs("k", 2)), distinct(3, 4)),
                check(Case.of("GatherND", "x at").with(places), distinct(2, 3)),
                check(Case.of("ScatterND", "x at y").with(places), distinct(2, 3), uniform(-1, 1, 2)),
                check(Case.of("GatherElements", "x at").with(places), distinct(3, 2)),
                check(Case.of("ScatterElements", "x at y").with(places), distinct(3, 3), uniform(-1, 1, 2, 2)),
                check(
                        Case.of("ScatterElements", "x at y", text("reduction", "add"))
                                .with(m -> m.tensor(matrix("at", 2, 2, 1, 0, 1, 1))),
                        distinct(3, 3),
                        uniform(-1, 1, 2, 2)),
                check(Case.of("DepthToSpace", "x", whole("blocksize", 2)), uniform(-1, 1, 1, 4, 2, 2)),
                check(
                        Case.of("ScatterElements", "x at y", text("reduction", "mul"))
                                .with(m -> m.tensor(matrix("at", 2, 2, 1, 0, 1, 1))),
                        distinct(3, 3),
                        uniform(0.5, 1, 2, 2)),
                check(Case.of("Trilu", "x"), uniform(-1, 1, 3, 3)));
    }

    @TestFactory
    Stream<DynamicTest> windowsOverVolumesAreDifferentiable() {
        return Stream.of(
                check(
                        Case.of("Conv", "x y z", wholes("pads", 1, 0, 1, 0, 1, 0), wholes("strides", 2, 1, 1)),
                        uniform(-1, 1, 1, 2, 3, 3, 4),
                        uniform(-1, 1, 2, 2, 2, 2, 2),
                        uniform(-1, 1, 2)),
                check(Case.of("MaxPool", "x", wholes("kernel_shape", 2, 2, 2)), distinct(1, 1, 3, 3, 3)),
                check(
                        Case.of("AveragePool", "x", wholes("kernel_shape", 2, 2, 2), wholes("pads", 1, 1, 0, 0, 0, 1)),
                        uniform(-1, 1, 1, 2, 3, 3, 3)),
                check(
                        Case.of("Resize", "x - scales", text("mode", "cubic"))
                                .with(m -> m.floats("scales", List.of(4), 1, 1, 2, 1.5f)),
                        uniform(-1, 1, 1, 1, 3, 4)));
    }

    @TestFactory
    Stream<DynamicTest> transposedWindowsAndNormsAreDifferentiable() {
        return Stream.of(
                check(
                        Case.of("ConvTranspose", "x y z", wholes("pads", 1, 0, 1, 0, 1, 0), wholes("strides", 2, 1, 1)),
                        uniform(-1, 1, 1, 2, 2, 2, 3),
                        uniform(-1, 1, 2, 2, 2, 2, 2),
                        uniform(-1, 1, 2)),
                check(Case.of("LpPool", "x", wholes("kernel_shape", 2, 2)), uniform(0.2, 1, 1, 1, 3, 3)),
                check(Case.of("GlobalLpPool", "x", whole("p", 3)), uniform(0.2, 1, 1, 2, 3, 2)),
                check(
                        Case.of("MaxUnpool", "x at", wholes("kernel_shape", 2, 2), wholes("strides", 2, 2))
                                .with(m -> m.tensor(places(1, 1, 2, 2, 5, 7, 13, 15))),
                        uniform(-1, 1, 1, 1, 2, 2)),
                check(
                        Case.of("BatchNormalization", "x y z z z", whole("training_mode", 1)),
                        uniform(-1, 1, 3, 2, 2),
                        uniform(0.5, 1, 2),
                        uniform(-1, 1, 2)));
    }

    private static TensorProto.Builder places(int... sizesAndValues) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName("at").setDataType(TensorProto.DataType.INT64_VALUE);
        for (int i = 0; i < 4; i++) {
            tensor.addDims(sizesAndValues[i]);
        }
        for (int i = 4; i < sizesAndValues.length; i++) {
            tensor.addInt64Data(sizesAndValues[i]);
        }
        return tensor;
    }

    @TestFactory
    Stream<DynamicTest> imagesReadAtPositionsAreDifferentiable() {
        return Stream.of(
                check(
                        Case.of("GridSample", "x y", text("mode", "bilinear")),
                        uniform(-1, 1, 1, 2, 3, 4),
                        between(1, 2, 2, 2)),
                check(
                        Case.of("GridSample", "x y", text("mode", "bicubic"), text("padding_mode", "reflection")),
                        uniform(-1, 1, 1, 1, 3, 4),
                        between(1, 2, 2, 2)),
                check(
                        Case.of("GridSample", "x y", text("padding_mode", "border"), whole("align_corners", 1)),
                        uniform(-1, 1, 1, 1, 2, 3, 2),
                        between(1, 2, 1, 2, 3)),
                check(
                        Case.of("Resize", "x - scales", text("mode", "cubic"), whole("antialias", 1))
                                .with(m -> m.floats("scales", List.of(4), 1, 1, 0.5f, 0.6f)),
                        uniform(-1, 1, 1, 1, 5, 5)));
    }

    /** Positions of a grid that lie between elements for every size from 2 to 4: there the result has no edge. */
    private static SampleInput between(int... sizes) {
        return uniform(0.05, 0.2, sizes);
    }

    @TestFactory
    Stream<DynamicTest> functionsAreDifferentiable() {
        int[] six = {6};
        return Stream.of(
                check(Case.of("Celu", "x"), smooth(six, 0)),
                check(Case.of("Mod", "x y", whole("fmod", 1)), uniform(0.2, 0.8, 6), uniform(1, 2, 6)),
                check(Case.of("Asinh", "x"), uniform(-3, 3, 6)),
                check(Case.of("Asin", "x"), uniform(-0.8, 0.8, 6)),
                check(Case.of("Acos", "x"), uniform(-0.8, 0.8, 6)),
                check(Case.of("Atan", "x"), uniform(-3, 3, 6)),
                check(Case.of("Acosh", "x"), uniform(1.5, 3, 6)),
                check(Case.of("Sinh", "x"), uniform(-2, 2, 6)),
                check(Case.of("Cosh", "x"), uniform(-2, 2, 6)),
                check(Case.of("Atanh", "x"), uniform(-0.8, 0.8, 6)),
                check(Case.of("Tan", "x"), uniform(-1, 1, 6)),
                check(Case.of("ThresholdedRelu", "x"), smooth(six, 1)),
                check(Case.of("Shrink", "x"), smooth(six, -0.5, 0.5)),
                check(Case.of("Softsign", "x"), smooth(six, 0)),
                check(Case.of("PRelu", "x y"), smooth(six, 0), uniform(0, 1, 6)));
    }

    private DynamicTest check(Case one, SampleInput... inputs) {
        OpSample sample = new OpSample(
                one.type(),
                Op.class,
                List.of(inputs),
                tensors -> model(one, inputs).run(tensors, Pass.EVALUATION).getFirst(),
                OpSample.TOLERANCE * 10);
        return DynamicTest.dynamicTest(one.type() + " " + one.inputs(), () -> {
            GradientCheck.first(sample);
            GradientCheck.second(sample);
        });
    }

    private OnnxModel model(Case one, SampleInput... inputs) {
        ModelBuilder builder = one.constants().apply(new ModelBuilder(OPSET)).output("out");
        for (int i = 0; i < inputs.length; i++) {
            builder.input(List.of("x", "y", "z").get(i), inputs[i].shape().sizes());
        }
        builder.node(one.type(), one.inputs(), "out", one.with().toArray(AttributeProto[]::new));
        return OnnxModel.of(OnnxFile.read(builder.writeTo(folder)), backend, DType.F64);
    }
}
