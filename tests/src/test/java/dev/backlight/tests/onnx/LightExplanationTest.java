package dev.backlight.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.learn.LearnedRuleMethod;
import dev.backlight.attribution.learn.RuleSettings;
import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.method.GradCam;
import dev.backlight.attribution.method.Methods;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.OnnxFile;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Gradient, guided backpropagation, a learned rule and Grad-CAM give maps on every graph of ImageNet networks. */
class LightExplanationTest {
    private final Backend backend = Backends.best(2);

    @TestFactory
    Stream<DynamicTest> methodsGiveMaps() {
        return Models.in(Models.data("onnx-light")).stream()
                .map(file -> DynamicTest.dynamicTest(Models.stem(file), () -> explain(file)));
    }

    private void explain(Path file) {
        Graph graph = OnnxFile.read(file);
        boolean endsInSoftmax = graph.nodes().getLast().opType().equals("Softmax");
        OnnxModel model = OnnxModel.of(endsInSoftmax ? Models.withoutLast(graph) : graph, backend, DType.F32);
        int[] sizes = model.inputs().getFirst().dimensions().orElseThrow().stream()
                .mapToInt(dimension -> dimension.size().orElse(1))
                .toArray();
        List<Attributor> methods = List.of(
                Methods.named("saliency", 1),
                Methods.named("guided", 1),
                GradCam.standard(),
                new LearnedRuleMethod(RuleSettings.DEFAULT.withSteps(1)));
        for (Attributor method : methods) {
            try (Scope scope = Scope.open()) {
                Tensor image = Tensor.random(backend, DType.F32, Shape.of(sizes), Primitive.Distribution.UNIFORM, 5);
                float[] map = method.attribute(new Question(model, image, new int[] {7}))
                        .values()
                        .toFloats();
                assertEquals(0, map.length % (sizes[2] * sizes[3]), method.name());
                assertTrue(map.length > 0, method.name());
                for (float value : map) {
                    assertTrue(Float.isFinite(value), () -> method.name() + " gives " + value);
                }
            }
        }
    }
}
