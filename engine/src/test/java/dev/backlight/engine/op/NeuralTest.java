package dev.backlight.engine.op;

import static dev.backlight.engine.op.Tensors.assertTensor;
import static dev.backlight.engine.op.Tensors.counting;
import static dev.backlight.engine.op.Tensors.indices;
import static dev.backlight.engine.op.Tensors.irregular;
import static dev.backlight.engine.op.Tensors.tensor;
import static dev.backlight.engine.op.Tensors.vector;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class NeuralTest {
    @Test
    void activationsAreTheirFormulas() {
        check(Neural::relu, x -> Math.max(x, 0));
        check(x -> Neural.leakyRelu(x, 0.1), x -> x > 0 ? x : 0.1 * x);
        check(Neural::relu6, x -> Math.min(Math.max(x, 0), 6));
        check(x -> Neural.elu(x, 1.5), x -> x > 0 ? x : 1.5 * Math.expm1(x));
        check(Neural::sigmoid, x -> 1 / (1 + Math.exp(-x)));
        check(Neural::tanh, Math::tanh);
        check(Neural::softplus, x -> Math.log(1 + Math.exp(x)));
        check(Neural::silu, x -> x / (1 + Math.exp(-x)));
        check(Neural::hardSigmoid, x -> x <= -3 ? 0 : x >= 3 ? 1 : x / 6 + 0.5);
        check(x -> Neural.hardSigmoid(x, 0.2, 0.5), x -> Math.clamp(0.2 * x + 0.5, 0, 1));
        check(Neural::hardSwish, x -> x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6);
        double root = Math.sqrt(2 / Math.PI);
        check(
                x -> Neural.gelu(x, Gelu.Form.TANH),
                x -> 0.5 * x * (1 + Math.tanh(root * (x + 0.044715 * Math.pow(x, 3)))));
    }

    @Test
    void geluIsXTimesTheNormalDistribution() {
        // Φ(1) and Φ(−2) from tables of the normal distribution.
        assertTensor(
                Neural.gelu(vector(0, 1, -2), Gelu.Form.ERF),
                Shape.of(3),
                0,
                0.841344746068543,
                -2 * 0.022750131948179);
    }

    @Test
    void eluDoesNotOverflow() {
        assertTensor(Neural.elu(vector(1000, -1000), 1), Shape.of(2), 1000, -1);
    }

    /** The slopes of both branches, and at 0 those of the closed one, as in PyTorch; e³⁰⁰⁰ must not turn into 0·∞. */
    @Test
    void eluHasDerivativesOfEveryOrderAtZero() {
        double alpha = 1.5;
        Tape tape = new Tape();
        Tensor x = tape.watch(vector(0, -1, 2, 3000));
        Tensor derivative = Neural.elu(x, alpha);
        for (int order = 1; order <= 3; order++) {
            derivative =
                    tape.gradient(derivative, List.of(x), Walk.PLAIN.recorded()).getFirst();
            double beyond = order == 1 ? 1 : 0;
            assertTensor(derivative, Shape.of(4), alpha, alpha / Math.E, beyond, beyond);
        }
    }

    @Test
    void softmaxSurvivesLargeNumbers() {
        assertTensor(Neural.softmax(vector(1000, 1000), 0), Shape.of(2), 0.5, 0.5);
        assertTensor(Neural.logSoftmax(vector(-1000, 0), 0), Shape.of(2), -1000, 0);
        double infinity = Double.POSITIVE_INFINITY;
        assertTensor(Ops.logSumExp(vector(-infinity, -infinity)), Shape.scalar(), -infinity);
        assertTensor(Neural.softmax(vector(1e30, -1e30, 1e30), 0), Shape.of(3), 0.5, 0, 0.5);
        assertTensor(Neural.logSoftmax(vector(1e30, 0), 0), Shape.of(2), 0, -1e30);
    }

    /** Row by row: one with a masked element, one of nothing else, one without bound, one that is undefined, and a plain one. */
    @Test
    void softmaxOfInfinitiesAndNaN() {
        double infinity = Double.POSITIVE_INFINITY;
        double nan = Double.NaN;
        Tensor x = tensor(Shape.of(5, 2), -infinity, 3, -infinity, -infinity, infinity, 3, nan, 3, 0, Math.log(3));
        assertTensor(Neural.softmax(x, 1), x.shape(), 0, 1, nan, nan, nan, nan, nan, nan, 0.25, 0.75);
        assertTensor(
                Neural.logSoftmax(x, 1),
                x.shape(),
                -infinity,
                0,
                nan,
                nan,
                nan,
                nan,
                nan,
                nan,
                Math.log(0.25),
                Math.log(0.75));
    }

    @Test
    void softmaxOfNothing() {
        for (Shape shape : List.of(Shape.of(2, 0), Shape.of(0, 2))) {
            Tape tape = new Tape();
            Tensor x = tape.watch(tensor(shape));
            Tensor y = Neural.softmax(x, 1);
            assertEquals(shape, y.shape());
            assertEquals(shape, Neural.logSoftmax(x, 0).shape());
            assertEquals(
                    shape, tape.gradient(y, List.of(x), Walk.PLAIN).getFirst().shape());
        }
    }

    @Test
    void convTransposeScatters() {
        Tensor x = irregular(2, 4, 3, 2);
        Tensor w = irregular(4, 3, 2, 3);
        WindowGeometry window = new WindowGeometry(2, 3, 2, 3, 2, 1, 1, 0, 0, 1);
        Tensor y = Neural.convTranspose2d(x, w, vector(1, 2, 3, 4, 5, 6), window, 2, 1, 2);
        // (3−1)·2 − 1 + 2·(2−1) + 1 + 1 = 7 rows and (2−1)·3 − 1 + (3−1) + 1 + 2 = 7 columns.
        assertEquals(Shape.of(2, 6, 7, 7), y.shape());
        double[] expected = new double[2 * 6 * 49];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = 1 + i / 49 % 6;
        }
        double[] values = x.toDoubles();
        double[] weights = w.toDoubles();
        for (int i = 0; i < values.length; i++) {
            int channel = i / 6 % 4;
            for (int tap = 0; tap < 18; tap++) {
                int row = i / 2 % 3 * 2 - 1 + tap / 3 % 2 * 2;
                int column = i % 2 * 3 + tap % 3;
                int out = i / 24 * 6 + channel / 2 * 3 + tap / 6;
                if (row >= 0 && row < 7 && column < 7) {
                    expected[out * 49 + row * 7 + column] += values[i] * weights[channel * 18 + tap];
                }
            }
        }
        assertArrayEquals(expected, y.toDoubles(), 1e-12);
    }

    @Test
    void crossEntropyOfSmoothedTargets() {
        Tensor logits = tensor(Shape.of(2, 3), 1, 2, 3, 0, 0, 0);
        Tensor targets = indices(Shape.of(2), 0, 2);
        double lse = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3));
        double log3 = Math.log(3);
        assertTensor(Neural.crossEntropyPerSample(logits, targets, 0), Shape.of(2), lse - 1, log3);
        double uniform = lse - 2;
        assertTensor(
                Neural.crossEntropyPerSample(logits, targets, 0.3), Shape.of(2), 0.7 * (lse - 1) + 0.3 * uniform, log3);
        assertTensor(Neural.crossEntropy(logits, targets, 0), Shape.scalar(), (lse - 1 + log3) / 2);
    }

    @Test
    void divergenceAndSquares() {
        Tensor p = tensor(Shape.of(1, 3), 0.5, 0.5, 0);
        Tensor logQ = Ops.log(tensor(Shape.of(1, 3), 0.25, 0.5, 0.25));
        assertTensor(Neural.klDivergence(logQ, p), Shape.scalar(), 0.5 * Math.log(2));
        assertTensor(Neural.mse(vector(1, 2), vector(3, 2)), Shape.scalar(), 2);
    }

    @Test
    void localResponseNormOverChannels() {
        Tensor x = tensor(Shape.of(1, 4, 1, 1), 1, 2, 3, 4);
        double[] sums = {1 + 4, 1 + 4 + 9, 4 + 9 + 16, 9 + 16};
        double[] expected = new double[4];
        for (int c = 0; c < 4; c++) {
            expected[c] = (c + 1) / Math.pow(2 + 0.6 / 3 * sums[c], 0.75);
        }
        assertTensor(Neural.localResponseNorm(x, 3, 0.6, 0.75, 2), x.shape(), expected);
        // An even size reaches one channel further after than before.
        assertTensor(Neural.localResponseNorm(x, 2, 2, 1, 0), x.shape(), 1 / 5.0, 2 / 13.0, 3 / 25.0, 4 / 16.0);
    }

    @Test
    void normalisationsMatchLoops() {
        Tensor x = irregular(2, 4, 3);
        double epsilon = 0.1;
        Tensor gamma = vector(1, 2, 3, 4);
        Tensor beta = vector(-1, 0, 1, 2);
        // Which elements are normalised together: channels, groups of two channels, single channels, whole samples.
        checkNormal(x, Neural.batchNormTraining(x, gamma, beta, epsilon), i -> i / 3 % 4, epsilon);
        checkNormal(x, Neural.groupNorm(x, gamma, beta, 2, epsilon), i -> i / 6, epsilon);
        checkNormal(x, Neural.instanceNorm(x, gamma, beta, epsilon), i -> i / 3, epsilon);
        Tensor wide = Ops.broadcastTo(Ops.reshape(gamma, Shape.of(4, 1)), Shape.of(4, 3));
        Tensor wideBeta = Ops.broadcastTo(Ops.reshape(beta, Shape.of(4, 1)), Shape.of(4, 3));
        checkNormal(x, Neural.layerNorm(x, wide, wideBeta, epsilon), i -> i / 12, epsilon);
    }

    @Test
    void batchNormWithItsOwnMomentsIsTraining() {
        Tensor x = irregular(3, 2, 2, 2);
        Moments moments = Neural.moments(x);
        Tensor gamma = vector(1, 2);
        Tensor beta = vector(3, 4);
        assertArrayEquals(
                Neural.batchNorm(x, moments.mean(), moments.variance(), gamma, beta, 1e-5)
                        .toDoubles(),
                Neural.batchNormTraining(x, gamma, beta, 1e-5).toDoubles(),
                0);
        assertTensor(
                Neural.batchNorm(counting(1, 2, 2), vector(1, 4), vector(3, 0), gamma, beta, 1),
                Shape.of(1, 2, 2),
                3,
                3.5,
                2,
                4);
    }

    @Test
    void dropoutKeepsTheMeanAndRepeatsUnderOneSeed() {
        Tensor ones = Shapes.onesLike(counting(100, 100));
        double[] kept = Neural.dropout(ones, 0.25, 5).toDoubles();
        assertEquals(1, Arrays.stream(kept).average().orElseThrow(), 0.03);
        assertEquals(2, Arrays.stream(kept).distinct().count());
        assertArrayEquals(kept, Neural.dropout(ones, 0.25, 5).toDoubles());
    }

    private static void check(UnaryOperator<Tensor> op, DoubleUnaryOperator formula) {
        double[] points = {-7, -3.2, -1.1, -0.4, 0, 0.3, 0.9, 2.5, 3.1, 6.5};
        Tensor found = op.apply(vector(points));
        assertTensor(
                found,
                Shape.of(points.length),
                Arrays.stream(points).map(formula).toArray());
    }

    private static void checkNormal(Tensor x, Tensor found, IntUnaryOperator part, double epsilon) {
        double[] values = x.toDoubles();
        double[] expected = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            double sum = 0;
            double squares = 0;
            int count = 0;
            for (int j = 0; j < values.length; j++) {
                if (part.applyAsInt(i) == part.applyAsInt(j)) {
                    sum += values[j];
                    squares += values[j] * values[j];
                    count++;
                }
            }
            double mean = sum / count;
            int channel = i / 3 % 4;
            expected[i] = (values[i] - mean) / Math.sqrt(squares / count - mean * mean + epsilon) * (channel + 1)
                    + channel
                    - 1;
        }
        assertArrayEquals(expected, found.toDoubles(), 1e-12);
    }
}
