package dev.backlight.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.export.OnnxExport;
import dev.backlight.models.vision.Zoo;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks of the zoo, written as ONNX, give the same logits in ONNX Runtime, and the same bits when read again. */
class OnnxRuntimeTest {
    private static final double TOLERANCE = 1e-4;
    private static final int CLASSES = 10;

    private final Backend backend = Backends.best(2);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "resnet50,64",
        "vgg16,64",
        "densenet121,64",
        "resnext50_32x4d,64",
        "resnet20,32",
        "densenet_bc100,32",
        "mobile,64"
    })
    void givesTheSameLogits(String name, int side) throws OrtException {
        Layer network = name.equals("mobile")
                ? MobileNetwork.create(CLASSES)
                : Zoo.named(name).build(3, CLASSES);
        network.initialise(backend, DType.F32, 1);
        setStatistics(network);
        Path file = folder.resolve(name + ".onnx");
        OnnxExport.write(network, Shape.of(3, side, side), file);
        Shape two = Shape.of(2, 3, side, side);
        try (Scope scope = Scope.open()) {
            Tensor images = random(two, Primitive.Distribution.NORMAL);
            float[] logits = network.apply(images).toFloats();
            assertNotEquals(logits[0], logits[CLASSES], "the images must reach the logits");
            OnnxModel again = OnnxModel.load(file, backend, DType.F32);
            assertArrayEquals(logits, again.apply(images).toFloats(), "read again");
            float largest = largest(logits);
            double worst = Models.assertClose(
                    name, scaled(inOnnxRuntime(file, images), largest), scaled(logits, largest), TOLERANCE);
            System.out.printf("%s: largest difference %.1e of the largest logit%n", name, worst);
        }
    }

    /** Statistics that no two channels share, and that keep the signal from dying out or exploding. */
    private void setStatistics(Layer network) {
        network.state().forEach((name, parameter) -> {
            if (name.endsWith("running_var")) {
                parameter.set(Ops.add(random(parameter.shape(), Primitive.Distribution.UNIFORM), 0.5));
            } else if (name.endsWith("running_mean")) {
                parameter.set(Ops.mul(random(parameter.shape(), Primitive.Distribution.NORMAL), 0.1));
            }
        });
    }

    private static float[] inOnnxRuntime(Path file, Tensor images) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(2);
            long[] sizes = Arrays.stream(images.shape().sizes()).asLongStream().toArray();
            try (OrtSession session = environment.createSession(file.toString(), options);
                    OnnxTensor input =
                            OnnxTensor.createTensor(environment, FloatBuffer.wrap(images.toFloats()), sizes);
                    OrtSession.Result result = session.run(Map.of(OnnxExport.INPUT, input))) {
                OnnxTensor output = (OnnxTensor) result.get(0);
                float[] values = new float[output.getFloatBuffer().remaining()];
                output.getFloatBuffer().get(values);
                return values;
            }
        }
    }

    /** Weights and statistics are random, so the size of the logits means nothing. */
    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static float[] scaled(float[] values, float unit) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i] / unit;
        }
        return result;
    }

    private Tensor random(Shape shape, Primitive.Distribution distribution) {
        return Tensor.random(backend, DType.F32, shape, distribution, 7);
    }
}
