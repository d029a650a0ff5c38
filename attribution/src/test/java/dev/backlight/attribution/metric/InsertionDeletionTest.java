package dev.backlight.attribution.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.attribution.method.InputGradient;
import dev.backlight.attribution.method.Networks;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Relu;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InsertionDeletionTest {
    private static final int PIXELS = 64;
    private static final int CHANNELS = 3;

    private final Tensor images = Networks.images(3, 21);
    private final Question question = Predictions.question(Networks.convolutional(new Relu()), images);
    private final Attribution attribution = InputGradient.saliency().attribute(question);

    @ParameterizedTest
    @CsvSource({"1, 7", "8, 64", "10, 4", "63, 100", "64, 1", "100, 2"})
    void agreesWithTheProtocolTakenLiterally(int step, int batchSize) {
        for (Baseline start : Baseline.values()) {
            for (Baseline fill : Baseline.values()) {
                List<Game> games = new InsertionDeletion(step, start, fill, batchSize).play(question, attribution);
                for (int n = 0; n < 3; n++) {
                    double[] clean = image(images, n);
                    compare(
                            literally(n, step, image(start.of(images), n), clean),
                            games.get(n).insertion());
                    compare(
                            literally(n, step, clean, image(fill.of(images), n)),
                            games.get(n).deletion());
                }
            }
        }
    }

    @Test
    void curvesBeginAndEndWhereTheProtocolSays() {
        List<Game> games = InsertionDeletion.rise(10).play(question, attribution);
        double[][] clean = Predictions.probabilities(question.network()::apply, images);
        double[][] blurred = Predictions.probabilities(question.network()::apply, Baseline.BLUR.of(images));
        double[][] zero = Predictions.probabilities(question.network()::apply, Baseline.ZERO.of(images));
        for (int n = 0; n < 3; n++) {
            int target = question.targets()[n];
            double[] insertion = games.get(n).insertion().scores();
            double[] deletion = games.get(n).deletion().scores();
            assertEquals(8, insertion.length); // ⌈64/10⌉ + 1
            assertEquals(blurred[n][target], insertion[0], 1e-12);
            assertEquals(clean[n][target], insertion[7], 1e-12);
            assertEquals(clean[n][target], deletion[0], 1e-12);
            assertEquals(zero[n][target], deletion[7], 1e-12);
        }
    }

    @Test
    void theOtherFillsAreExchanged() {
        InsertionDeletion other = InsertionDeletion.rise(8).otherFills();
        assertEquals("blur/zero", InsertionDeletion.rise(8).fills());
        assertEquals("zero/blur", other.fills());
        assertNotEquals(
                InsertionDeletion.rise(8).play(question, attribution).getFirst().difference(),
                other.play(question, attribution).getFirst().difference());
    }

    @Test
    void areaIsTheTrapeziumRule() {
        assertEquals((1 + 2 + 4 + 8 - 0.5 - 4) / 3, new Curve(new double[] {1, 2, 4, 8}).area(), 1e-15);
    }

    @Test
    void tiesGoByIndex() {
        float[] relevance = {0, 2, -0f, 2, 3, -1, 0};
        assertArrayEquals(new int[] {4, 1, 3, 0, 2, 6, 5}, PixelOrder.descending(relevance));
    }

    @Test
    void aMapOfAnotherSizeIsRefused() {
        Attribution small =
                new Attribution(Tensor.full(Networks.BACKEND, images.dtype(), Shape.of(3, 1, 4, 4), 1), false);
        assertThrows(ShapeException.class, () -> InsertionDeletion.rise(8).play(question, small));
    }

    /** One masked image at a time, every mask made anew. */
    private double[] literally(int n, int step, double[] from, double[] to) {
        float[] relevance = attribution.relevance(n);
        int[] order = IntStream.range(0, PIXELS)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -relevance[i]).thenComparing(i -> i))
                .mapToInt(i -> i)
                .toArray();
        int steps = (PIXELS + step - 1) / step;
        double[] scores = new double[steps + 1];
        for (int k = 0; k <= steps; k++) {
            double[] masked = from.clone();
            for (int i = 0; i < PIXELS && i < k * step; i++) {
                for (int c = 0; c < CHANNELS; c++) {
                    masked[c * PIXELS + order[i]] = to[c * PIXELS + order[i]];
                }
            }
            double[] logits = question.network()
                    .apply(Tensor.of(Networks.BACKEND, Shape.of(1, CHANNELS, 8, 8), masked))
                    .toDoubles();
            double sum = Arrays.stream(logits).map(Math::exp).sum();
            scores[k] = Math.exp(logits[question.targets()[n]]) / sum;
        }
        return scores;
    }

    private static void compare(double[] expected, Curve found) {
        assertArrayEquals(expected, found.scores(), 1e-12);
        double area = 0;
        for (int k = 1; k < expected.length; k++) {
            area += (expected[k - 1] + expected[k]) / 2 / (expected.length - 1);
        }
        assertEquals(area, found.area(), 1e-12);
    }

    private static double[] image(Tensor batch, int n) {
        double[] all = batch.toDoubles();
        return Arrays.copyOfRange(all, n * CHANNELS * PIXELS, (n + 1) * CHANNELS * PIXELS);
    }
}
