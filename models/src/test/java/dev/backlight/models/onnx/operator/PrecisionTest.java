package dev.backlight.models.onnx.operator;

import static dev.backlight.models.onnx.ModelBuilder.whole;
import static dev.backlight.models.onnx.ModelBuilder.wholes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.ModelBuilder;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.proto.AttributeProto;
import java.nio.file.Path;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Functions keep their digits near 0 and far from it, and gradients are finite where their formula is 0·∞. */
class PrecisionTest {
    private final Backend backend = new ReferenceBackend();

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> functionsKeepTheirDigits() {
        double[] all = {-1e30, -300, -2, -1, -0.7, -1e-3, -1e-7, 0, 1e-30, 1e-5, 0.3, 0.99, 1, 5, 1e4, 1e12};
        double[] unit = {-1, -0.999, -0.5, -1e-4, -1e-9, 0, 1e-12, 1e-3, 0.7, 0.99999, 1};
        return Stream.of(
                check("Sinh", Math::sinh, -80, -1, -1e-4, 0, 1e-9, 0.01, 2, 60),
                check("Asinh", x -> Math.signum(x) * asinh(Math.abs(x)), all),
                check("Acosh", x -> asinh(Math.sqrt((x - 1) * (x + 1))), 1, 1.000001, 1.5, 10, 1e10),
                check("Atanh", x -> (Math.log1p(x) - Math.log1p(-x)) / 2, unit),
                check("Asin", Math::asin, unit),
                check("Acos", Math::acos, unit),
                check("Atan", Math::atan, all));
    }

    private static double asinh(double size) {
        return size > 1e8 ? Math.log(size) + Math.log(2) : Math.log1p(size + size * size / (1 + Math.hypot(1, size)));
    }

    private DynamicTest check(String type, DoubleUnaryOperator function, double... at) {
        return DynamicTest.dynamicTest(type, () -> {
            for (DType dtype : new DType[] {DType.F32, DType.F64}) {
                Tensor x = Ops.cast(Tensor.of(backend, Shape.of(at.length), at), dtype);
                double[] found = model(dtype, type, at.length).apply(x).toDoubles();
                double[] stored = x.toDoubles();
                for (int i = 0; i < at.length; i++) {
                    double expected = function.applyAsDouble(stored[i]);
                    double ulps = dtype == DType.F32 ? 16 * 0x1p-23 : 16 * 0x1p-52;
                    assertEquals(expected, found[i], ulps * Math.abs(expected), type + " in " + dtype + " of " + at[i]);
                }
            }
        });
    }

    private Layer model(DType dtype, String type, int size, AttributeProto... with) {
        ModelBuilder builder = new ModelBuilder(17).input("x", size).output("y").node(type, "x", "y", with);
        return OnnxModel.of(OnnxFile.read(builder.writeTo(folder)), backend, dtype);
    }

    @Test
    void theSlopeOfAsinhAtZeroIsOne() {
        assertArrayEquals(new float[] {1, 1}, gradient(model(DType.F32, "Asinh", 2), Shape.of(2), 0, 1e-6f), 1e-6f);
    }

    @Test
    void normsOfNothingSendNothingBack() {
        assertArrayEquals(
                new float[3], gradient(model(DType.F32, "ReduceL2", 3, wholes("axes", 0)), Shape.of(3), 0, 0, 0));
        assertArrayEquals(
                new float[3],
                gradient(model(DType.F32, "LpNormalization", 3, whole("p", 1)), Shape.of(3), 0, 0, 0),
                Float.MAX_VALUE);
    }

    private float[] gradient(Layer model, Shape shape, float... at) {
        Tape tape = new Tape();
        Tensor x = tape.watch(Tensor.of(backend, shape, at));
        return tape.gradient(Ops.sum(model.apply(x)), x).toFloats();
    }
}
