package dev.backlight.models.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.io.Npz;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.models.SharedData;
import dev.backlight.models.weights.WeightFile;
import dev.backlight.models.weights.WeightLoader;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZooTest {
    private static final Backend BACKEND = Backends.named("reference", 1);

    @ParameterizedTest
    @CsvSource({
        "resnet18, 11689512",
        "resnet34, 21797672",
        "resnet50, 25557032",
        "resnet101, 44549160",
        "resnet152, 60192808",
        "wide_resnet50_2, 68883240",
        "wide_resnet101_2, 126886696",
        "resnext50_32x4d, 25028904",
        "resnext101_32x8d, 88791336",
        "vgg11, 132863336",
        "vgg13, 133047848",
        "vgg16, 138357544",
        "vgg16_bn, 138365992",
        "vgg19, 143667240",
        "vgg19_bn, 143678248",
        "densenet121, 7978856",
        "densenet161, 28681000",
        "densenet169, 14149480",
        "densenet201, 20013928"
    })
    void networksForPhotographsHaveTheirPublishedSize(String name, long parameters) {
        assertEquals(parameters, Zoo.named(name).build(3, 1000).parameterCount());
    }

    /**
     * He et al. 2016, table 6, round to 0.27 M, 0.46 M, 0.66 M, 0.85 M and 1.7 M; Huang et al. 2017 to 0.8 M; Page 2018 has no
     * bias.
     */
    @ParameterizedTest
    @CsvSource({
        "resnet9, 6573130",
        "resnet20, 269722",
        "resnet32, 464154",
        "resnet44, 658586",
        "resnet56, 853018",
        "resnet110, 1727962",
        "densenet_bc100, 769162"
    })
    void networksForSmallImagesHaveTheirPublishedSize(String name, long parameters) {
        assertEquals(parameters, Zoo.named(name).build(3, 10).parameterCount());
    }

    @Test
    void parametersAreNamedAsInPublishedWeights() {
        assertTrue(names("resnet50")
                .containsAll(List.of(
                        "conv1.weight",
                        "bn1.running_mean",
                        "layer1.0.downsample.0.weight",
                        "layer1.0.downsample.1.bias",
                        "layer4.2.conv3.weight",
                        "fc.bias")));
        assertTrue(names("vgg16_bn")
                .containsAll(List.of("features.0.bias", "features.1.running_var", "classifier.6.weight")));
        assertTrue(names("densenet121")
                .containsAll(List.of(
                        "features.conv0.weight",
                        "features.denseblock1.denselayer1.norm1.weight",
                        "features.transition3.conv.weight",
                        "features.norm5.bias",
                        "classifier.weight")));
    }

    private static List<String> names(String network) {
        return List.copyOf(Zoo.named(network).build(3, 1000).state().keySet());
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18, 32",
        "resnext50_32x4d, 32",
        "resnet20, 16",
        "resnet9_w24, 8",
        "densenet_bc100, 8",
        "densenet121, 32"
    })
    void everyFamilyGivesOneLogitPerClass(String name, int side) {
        Layer network = Zoo.named(name).build(1, 7);
        network.initialise(BACKEND, DType.F32, 3);
        try (Scope scope = Scope.open()) {
            Tensor images =
                    Tensor.random(BACKEND, DType.F32, Shape.of(1, 1, side, side), Primitive.Distribution.NORMAL, 5);
            Tensor logits = network.apply(images);
            assertEquals(Shape.of(1, 7), logits.shape());
            assertTrue(Double.isFinite(logits.toFloats()[0]));
        }
    }

    /** Its fully connected layers, which nobody needs twice, would take half a gigabyte. */
    @Test
    void vggHalvesTheImageFiveTimes() {
        Layer network = new Vgg(List.of(1, 1, 1, 1, 1), true, 3, 10);
        Layer features = Objects.requireNonNull(network.children().get("features"));
        features.initialise(BACKEND, DType.F32, 3);
        Tensor image = Tensor.full(BACKEND, DType.F32, Shape.of(1, 3, 40, 32), 1);
        assertEquals(Shape.of(1, 512, 1, 1), features.apply(image).shape());
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        ShapeException refusal = assertThrows(ShapeException.class, () -> Zoo.named("resnet19"));
        assertTrue(String.valueOf(refusal.getMessage()).contains("resnet18"), refusal::toString);
    }

    @Test
    void trainedWeightsGiveTheLogitsOfTheirAuthorsFramework() {
        var weights = WeightFile.read(SharedData.require("pth/resnet20-12fca82f.th"));
        var reference = Npz.read(SharedData.require("reference/cifar10_resnet20_fp32.npz"));
        Layer network = Zoo.named("resnet20").build(3, 10);
        new WeightLoader(BACKEND, DType.F32, "resnet20-12fca82f.th").byName(network, weights);
        var input = Objects.requireNonNull(reference.get("input"));
        var expected = Objects.requireNonNull(reference.get("logits"));
        try (Scope scope = Scope.open()) {
            Tensor logits = network.apply(Tensor.of(BACKEND, input.shape(), input.floats()));
            assertArrayEquals(expected.floats(), logits.toFloats(), 1e-3f);
        }
    }
}
