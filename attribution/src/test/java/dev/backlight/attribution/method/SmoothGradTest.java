package dev.backlight.attribution.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Relu;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SmoothGradTest {
    private final Tensor images = Networks.images(2, 5);
    private final Question question = new Question(Networks.convolutional(new Relu()), images, new int[] {1, 3});

    @Test
    void oneSeedGivesOneSetOfBits() {
        double[] first = values(question, SmoothGrad.Moment.MEAN, 20, 0.1, 3, 64);
        assertArrayEquals(first, values(question, SmoothGrad.Moment.MEAN, 20, 0.1, 3, 64));
        assertFalse(Arrays.equals(first, values(question, SmoothGrad.Moment.MEAN, 20, 0.1, 4, 64)));
    }

    @ParameterizedTest
    @EnumSource(SmoothGrad.Moment.class)
    void neitherBatchesNorNeighboursMatter(SmoothGrad.Moment moment) {
        double[] both = values(question, moment, 7, 0.1, 3, 1);
        assertArrayEquals(both, values(question, moment, 7, 0.1, 3, 6), 1e-13);
        Question second = new Question(question.network(), Ops.slice(images, 0, 1, 2), new int[] {3});
        double[] alone = values(second, moment, 7, 0.1, 3, 64);
        assertArrayEquals(Arrays.copyOfRange(both, both.length / 2, both.length), alone, 1e-13);
    }

    @Test
    void withoutNoiseTheMeanIsTheMethodItself() {
        double[] plain = InputGradient.saliency().attribute(question).values().toDoubles();
        assertArrayEquals(plain, values(question, SmoothGrad.Moment.MEAN, 5, 0, 3, 64), 1e-13);
        assertArrayEquals(new double[plain.length], values(question, SmoothGrad.Moment.VARIANCE, 5, 0, 3, 64), 1e-13);
    }

    @Test
    void varianceIsTheMeanSquareLessTheSquaredMean() {
        double[] mean = values(question, SmoothGrad.Moment.MEAN, 9, 0.2, 3, 8);
        double[] square = values(question, SmoothGrad.Moment.SQUARE, 9, 0.2, 3, 8);
        double[] variance = values(question, SmoothGrad.Moment.VARIANCE, 9, 0.2, 3, 8);
        double largest = 0;
        for (int i = 0; i < mean.length; i++) {
            assertEquals(square[i] - mean[i] * mean[i], variance[i], 1e-12);
            largest = Math.max(largest, variance[i]);
        }
        assertFalse(largest < 1e-6, "the noise changed nothing");
    }

    @Test
    void namesTellTheBase() {
        assertEquals(
                "smoothgrad", SmoothGrad.standard(SmoothGrad.Moment.MEAN, 1).name());
        assertEquals(
                "vargrad(grad-cam)",
                new SmoothGrad(GradCam.standard(), SmoothGrad.Moment.VARIANCE, 2, 0.1, 1, 4).name());
    }

    private static double[] values(
            Question question, SmoothGrad.Moment moment, int samples, double noise, long seed, int batchSize) {
        return new SmoothGrad(InputGradient.saliency(), moment, samples, noise, seed, batchSize)
                .attribute(question)
                .values()
                .toDoubles();
    }
}
