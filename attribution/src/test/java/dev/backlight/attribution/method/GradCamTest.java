package dev.backlight.attribution.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.op.Relu;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import org.junit.jupiter.api.Test;

class GradCamTest {
    private final Tensor images = Networks.images(2, 5);
    private final int[] targets = {1, 3};

    @Test
    void theDefaultIsTheRectifierBeforeTheLastPooling() {
        Layer network = Networks.convolutional(new Relu());
        Question question = new Question(network, images, targets);
        double[] byDefault = GradCam.standard().attribute(question).values().toDoubles();
        assertArrayEquals(new GradCam("4", true).attribute(question).values().toDoubles(), byDefault);
        assertEquals("4", chosen(network));
    }

    @Test
    void aConvolutionalHeadIsNotLookedAt() {
        assertEquals("1", chosen(Networks.fullyConvolutional()));
    }

    /** A head that averages and weighs makes Grad-CAM class activation mapping: Σ_c w_c A_c, up to the positions' count. */
    @Test
    void isClassActivationMappingUnderAConvolutionalHead() {
        Question question = new Question(Networks.fullyConvolutional(), images, targets);
        Attribution signed = new GradCam("2", false).attribute(question);
        Attribution rectified = new GradCam("2", true).attribute(question);
        double[] values = signed.values().toDoubles();
        double[] positive = rectified.values().toDoubles();
        assertTrue(signed.signed());
        assertEquals(Shape.of(2, 1, 8, 8), signed.values().shape());
        Tensor features = features(question, "2");
        double[] maps = features.toDoubles();
        for (int n = 0; n < 2; n++) {
            // the target's own channel, times the share of positions where the rectifier above it is open
            double open = 0;
            for (int i = 0; i < 64; i++) {
                open += maps[(n * Networks.CLASSES + targets[n]) * 64 + i] > 0 ? 1 : 0;
            }
            for (int i = 0; i < 64; i++) {
                double expected = maps[(n * Networks.CLASSES + targets[n]) * 64 + i] * open / 64 / 64;
                assertEquals(expected, values[n * 64 + i], 1e-12);
                assertEquals(Math.max(0, expected), positive[n * 64 + i], 1e-12);
            }
        }
    }

    @Test
    void aNetworkWithoutMapsIsToldSo() {
        Question question = new Question(Networks.perceptron(), images, targets);
        var error = assertThrows(ShapeException.class, () -> GradCam.standard().attribute(question));
        assertTrue(error.toString().contains("needs a layer before the head"), error.getMessage());
    }

    @Test
    void anUnknownLayerIsAnsweredWithCandidates() {
        Question question = new Question(Networks.convolutional(new Relu()), images, targets);
        var error = assertThrows(ShapeException.class, () -> new GradCam("layer4", true).attribute(question));
        assertTrue(error.toString().contains("layer4; name another, for instance one of 0, 1, 2, 3, 4, 5"));
    }

    /** The map of 2×2 positions becomes 8×8: between the centres, at 1.5 and 5.5, values change linearly. */
    @Test
    void enlargementTakesPixelsAsAreas() {
        Question question = new Question(Networks.convolutional(new Relu()), images, targets);
        double[] large = new GradCam("5", false).attribute(question).values().toDoubles();
        for (int x : new int[] {0, 1}) {
            assertEquals(large[0], large[x], 1e-12);
            assertEquals(large[7], large[7 - x], 1e-12);
        }
        assertEquals(large[0] + (large[7] - large[0]) / 8, large[2], 1e-12);
        assertEquals(large[0] + (large[7] - large[0]) * 3 / 8, large[3], 1e-12);
    }

    private String chosen(Layer network) {
        Tape tape = new Tape();
        network.apply(tape.watch(images));
        return FeatureMaps.beforeHead(tape.applications()).path();
    }

    private static Tensor features(Question question, String path) {
        Tape tape = new Tape();
        question.network().apply(tape.watch(question.input()));
        return FeatureMaps.at(path, tape.applications()).output();
    }
}
