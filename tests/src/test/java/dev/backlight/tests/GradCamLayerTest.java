package dev.backlight.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.GradCam;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.models.vision.Zoo;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Grad-CAM's default layer is the one that is usual for each family of networks. */
class GradCamLayerTest {
    private final Backend backend = Backends.best(2);

    @ParameterizedTest
    @CsvSource({
        "resnet18, 64, layer4.1, layer4.0",
        "resnet20, 32, layer3.2, layer2",
        "densenet_bc100, 32, relu, features"
    })
    void isTheUsualOne(String network, int size, String usual, String other) {
        Question question = question(network, size);
        // unrectified, since a rectified map may be zero everywhere
        float[] byDefault = values(question, new GradCam(null, false));
        assertArrayEquals(values(question, new GradCam(usual, false)), byDefault);
        assertFalse(
                Arrays.equals(values(question, new GradCam(other, false)), byDefault), "the comparison sees nothing");
    }

    @Test
    void anUnknownLayerIsAnsweredWithThoseThereAre() {
        Question question = question("resnet20", 32);
        var error = assertThrows(ShapeException.class, () -> new GradCam("linear", true).attribute(question));
        assertTrue(error.toString().contains("layer3.2"), error.toString());
    }

    private Question question(String name, int size) {
        Layer network = Zoo.named(name).build(3, 10);
        network.initialise(backend, DType.F32, 1);
        Tensor image = Tensor.random(backend, DType.F32, Shape.of(1, 3, size, size), Primitive.Distribution.NORMAL, 2);
        return new Question(network, image, new int[] {7});
    }

    private static float[] values(Question question, GradCam method) {
        Attribution map = method.attribute(question);
        assertEquals(question.input().shape().with(1, 1), map.values().shape());
        return map.values().toFloats();
    }
}
