package dev.backlight.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.learn.LearnedRuleMethod;
import dev.backlight.attribution.learn.RuleSettings;
import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.method.GradCam;
import dev.backlight.attribution.method.Methods;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.check.GradientCheck;
import dev.backlight.engine.check.OpSample;
import dev.backlight.engine.check.SampleInput;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.export.OnnxExport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A vision transformer and a ConvNeXt block, written as ONNX and read again, are explained like any other network. */
class ModernBlocksTest {
    private final Backend backend = new ReferenceBackend();

    static Stream<Layer> networks() {
        return Stream.of(new ModernBlocks.Transformer(), new ModernBlocks.ConvNeXt());
    }

    private OnnxModel written(Layer network, DType dtype) {
        network.initialise(backend, dtype, 3);
        return OnnxModel.of(OnnxExport.graph(network, ModernBlocks.IMAGE), backend, dtype);
    }

    private Tensor images(int count, DType dtype) {
        return Tensor.random(backend, dtype, ModernBlocks.IMAGE.insert(0, count), Primitive.Distribution.NORMAL, 4);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theModelComputesWhatTheNetworkDoes(Layer network) {
        OnnxModel model = written(network, DType.F64);
        Tensor images = images(3, DType.F64);
        assertArrayEquals(network.apply(images).toDoubles(), model.apply(images).toDoubles(), 1e-12);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void itsSecondDerivativesAreThoseOfDifferences(Layer network) {
        OnnxModel model = written(network, DType.F64);
        int[] sizes = ModernBlocks.IMAGE.insert(0, 1).sizes();
        OpSample sample = new OpSample(
                network.getClass().getSimpleName(),
                Op.class,
                List.of(SampleInput.uniform(-1, 1, sizes)),
                inputs -> {
                    model.to(inputs.getFirst().backend(), DType.F64);
                    return model.apply(inputs.getFirst());
                },
                1e-5);
        GradientCheck.first(sample);
        GradientCheck.second(sample);
    }

    @Test
    void gradCamSaysWhichLayerItNeedsWhereAttentionMixesPositions() {
        Layer network = written(new ModernBlocks.Transformer(), DType.F32);
        Question question = new Question(network, images(1, DType.F32), new int[] {1});
        String message = String.valueOf(
                assertThrows(ShapeException.class, () -> GradCam.standard().attribute(question))
                        .getMessage());
        assertTrue(message.contains("attention mixes positions behind the last one, Conv2d"), message);
        assertTrue(message.contains("name that layer"), message);
    }

    @Test
    void gradCamFindsTheLastMapOfAConvolutionalBlock() {
        Layer network = written(new ModernBlocks.ConvNeXt(), DType.F32);
        Question question = new Question(network, images(1, DType.F32), new int[] {1});
        assertArrayEquals(
                new GradCam("Add*", false).attribute(question).values().toFloats(),
                new GradCam(null, false).attribute(question).values().toFloats());
    }

    @ParameterizedTest
    @MethodSource("networks")
    void everyMethodExplainsIt(Layer network) {
        Question question = new Question(written(network, DType.F32), images(1, DType.F32), new int[] {1});
        List<Attributor> methods = new ArrayList<>();
        Methods.names().stream()
                .filter(name -> !name.equals("grad-cam"))
                .forEach(name -> methods.add(Methods.named(name, 1)));
        methods.add(new LearnedRuleMethod(RuleSettings.DEFAULT.withSteps(3)));
        // What the path of its node says: the feature map of the first convolution.
        methods.add(new GradCam(network instanceof ModernBlocks.Transformer ? "Conv2d" : "Add*", false));
        for (Attributor method : methods) {
            Attribution map = method.attribute(question);
            float[] values = map.values().toFloats();
            assertEquals(question.input().shape().with(1, 1).elements(), values.length, method.name());
            boolean isFinite = true;
            for (float value : values) {
                isFinite &= Float.isFinite(value);
            }
            assertTrue(isFinite, () -> method.name() + ": " + Arrays.toString(values));
        }
    }
}
