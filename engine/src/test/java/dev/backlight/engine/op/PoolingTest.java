package dev.backlight.engine.op;

import static dev.backlight.engine.op.Tensors.assertTensor;
import static dev.backlight.engine.op.Tensors.counting;
import static dev.backlight.engine.op.Tensors.irregular;
import static dev.backlight.engine.op.Tensors.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolingTest {
    private static final Shape PLANE_2 = Shape.of(1, 1, 2, 2);

    @Test
    void maxPoolTakesTheLargestOfEachWindow() {
        assertTensor(
                Neural.maxPool(counting(1, 1, 4, 4), WindowGeometry.square(2, 2, 0), false), PLANE_2, 6, 8, 14, 16);
    }

    @Test
    void paddingNeverWins() {
        Tensor negative = Ops.neg(counting(1, 1, 2, 2));
        assertTensor(Neural.maxPool(negative, WindowGeometry.square(2, 2, 1), false), PLANE_2, -1, -2, -3, -4);
    }

    @Test
    void ceilModeKeepsAnIncompleteWindow() {
        Tensor x = counting(1, 1, 5, 5);
        WindowGeometry window = WindowGeometry.square(2, 2, 0);
        assertTensor(Neural.maxPool(x, window, false), PLANE_2, 7, 9, 17, 19);
        assertTensor(Neural.maxPool(x, window, true), Shape.of(1, 1, 3, 3), 7, 9, 10, 17, 19, 20, 22, 24, 25);
        assertTensor(
                Neural.avgPool(x, window, true, true), Shape.of(1, 1, 3, 3), 4, 6, 7.5, 14, 16, 17.5, 21.5, 23.5, 25);
    }

    @Test
    void ceilModeDropsAWindowThatStartsInThePaddingAtTheEnd() {
        // Size 3 padded to 5: a third window would start at position 3, which is padding.
        Tensor x = counting(1, 1, 3, 3);
        WindowGeometry window = WindowGeometry.square(2, 2, 1);
        assertTensor(Neural.maxPool(x, window, true), PLANE_2, 1, 3, 7, 9);
        // Size 4 padded to 6 with a window of 3: positions −1, 1, and 3, the last reaching beyond the padding.
        assertEquals(
                Shape.of(1, 1, 3, 3),
                Neural.maxPool(counting(1, 1, 4, 4), WindowGeometry.square(3, 2, 1), true)
                        .shape());
    }

    /** Elements are 1, 2, …; PyTorch's rule: ⌈(size + 2·padding − extent) / stride⌉ + 1 windows that start before the end. */
    @ParameterizedTest
    @CsvSource({
        // size, window, stride, dilation, padding, maxima, averages that count padding, averages that do not
        "1, 2, 2, 1, 0, 1, 1, 1", // one tap beyond the only element
        "2, 3, 2, 1, 0, 2, 1.5, 1.5", // element 1 and 2, and one tap beyond
        "2, 4, 3, 1, 0, 2, 1.5, 1.5", // two taps beyond
        "3, 2, 2, 3, 0, 1, 1, 1", // taps 0 and 3: the second beyond
        "2, 5, 3, 1, 1, 2, 0.75, 1.5", // padded to 4: the fifth tap is beyond the padding and never counts
        "7, 3, 3, 1, 0, 3 6 7, 2 5 7, 2 5 7", // starts 0, 3, 6
        "6, 3, 3, 1, 0, 3 6, 2 5, 2 5", // nothing is left over
        "5, 2, 3, 1, 0, 2 5, 1.5 4.5, 1.5 4.5", // element 3 lies between windows
        "4, 1, 3, 1, 0, 1 4, 1 4, 1 4", // starts 0 and 3; the last is the last element
        "3, 1, 3, 1, 0, 1, 1, 1", // ⌈2/3⌉ + 1 = 2 windows, but the second would start at 3, beyond the end
        "4, 4, 4, 1, 2, 2 4, 0.75 1.75, 1.5 3.5", // starts −2 and 2
        "3, 2, 3, 1, 1, 1 3, 0.5 1.5, 1 3", // starts −1 and 2: one element and one padding each
    })
    void windowsInCeilMode(
            int size,
            int taps,
            int stride,
            int dilation,
            int padding,
            String maxima,
            String withPadding,
            String withoutPadding) {
        for (boolean upright : new boolean[] {true, false}) {
            Shape shape = upright ? Shape.of(1, 1, size, 1) : Shape.of(1, 1, 1, size);
            Tensor x = Ops.reshape(counting(size), shape);
            WindowGeometry window = upright
                    ? new WindowGeometry(taps, 1, stride, 1, dilation, 1, padding, 0, padding, 0)
                    : new WindowGeometry(1, taps, 1, stride, 1, dilation, 0, padding, 0, padding);
            assertArrayEquals(numbers(maxima), Neural.maxPool(x, window, true).toDoubles());
            assertArrayEquals(
                    numbers(withPadding), Neural.avgPool(x, window, true, true).toDoubles(), 1e-15);
            assertArrayEquals(
                    numbers(withoutPadding),
                    Neural.avgPool(x, window, true, false).toDoubles(),
                    1e-15);
        }
    }

    private static double[] numbers(String listed) {
        return Arrays.stream(listed.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    @Test
    void anImageThatLacksAWholeStrideToAWindowIsRefused() {
        Tensor x = counting(1, 1, 2, 2);
        for (WindowGeometry window : List.of(WindowGeometry.square(4, 2, 0), WindowGeometry.square(3, 1, 0))) {
            assertThrows(ShapeException.class, () -> Neural.maxPool(x, window, true));
            assertThrows(ShapeException.class, () -> Neural.avgPool(x, window, true, true));
        }
        assertThrows(ShapeException.class, () -> Neural.maxPool(x, WindowGeometry.square(3, 2, 0), false));
    }

    @Test
    void averagesCountPaddingOnlyWhereAsked() {
        Tensor x = counting(1, 1, 2, 2);
        WindowGeometry window = WindowGeometry.square(2, 1, 1);
        Shape shape = Shape.of(1, 1, 3, 3);
        assertTensor(Neural.avgPool(x, window, false, true), shape, 0.25, 0.75, 0.5, 1, 2.5, 1.5, 0.75, 1.75, 1);
        assertTensor(Neural.avgPool(x, window, false, false), shape, 1, 1.5, 2, 2, 2.5, 3, 3, 3.5, 4);
    }

    @Test
    void whatReachesBeyondThePaddingNeverCounts() {
        // Windows of 3 start at −1, 1 and 3; the last holds element 3 and one padding, its third tap lies beyond.
        Tensor x = tensor(Shape.of(1, 1, 1, 4), 1, 2, 3, 4);
        WindowGeometry window = new WindowGeometry(1, 3, 1, 2, 1, 1, 0, 1, 0, 1);
        assertTensor(Neural.avgPool(x, window, true, true), Shape.of(1, 1, 1, 3), 1, 3, 2);
        assertTensor(Neural.avgPool(x, window, true, false), Shape.of(1, 1, 1, 3), 1.5, 3, 4);
    }

    @Test
    void dilatedMaxPool() {
        WindowGeometry window = WindowGeometry.square(2, 1, 0).dilated(2, 2);
        assertTensor(Neural.maxPool(Ops.neg(counting(1, 1, 3, 4)), window, false), Shape.of(1, 1, 1, 2), -1, -2);
    }

    @Test
    void adaptivePoolingCoversUnequalWindows() {
        Tensor x = tensor(Shape.of(1, 1, 1, 5), 3, 9, 1, 4, 8);
        assertTensor(Neural.adaptiveAveragePool(x, 1, 3), Shape.of(1, 1, 1, 3), 6, 14.0 / 3, 6);
        assertTensor(Neural.adaptiveMaxPool(x, 1, 3), Shape.of(1, 1, 1, 3), 9, 9, 8);
    }

    @Test
    void adaptivePoolingMatchesLoops() {
        Tensor x = irregular(2, 3, 5, 7);
        double[] values = x.toDoubles();
        double[] means = Neural.adaptiveAveragePool(x, 3, 4).toDoubles();
        double[] maxima = Neural.adaptiveMaxPool(x, 3, 4).toDoubles();
        for (int i = 0; i < means.length; i++) {
            double sum = 0;
            int count = 0;
            double largest = Double.NEGATIVE_INFINITY;
            for (int y = i / 4 % 3 * 5 / 3; y < Math.ceil((i / 4 % 3 + 1) * 5 / 3.0); y++) {
                for (int z = i % 4 * 7 / 4; z < Math.ceil((i % 4 + 1) * 7 / 4.0); z++) {
                    double value = values[i / 12 * 35 + y * 7 + z];
                    sum += value;
                    count++;
                    largest = Math.max(largest, value);
                }
            }
            assertEquals(sum / count, means[i], 1e-12);
            assertEquals(largest, maxima[i], 0);
        }
    }

    @Test
    void globalPooling() {
        assertTensor(Neural.globalAveragePool(counting(1, 2, 2, 2)), Shape.of(1, 2, 1, 1), 2.5, 6.5);
        assertTensor(Neural.globalMaxPool(counting(1, 2, 2, 2)), Shape.of(1, 2, 1, 1), 4, 8);
    }

    @Test
    void tiesSendTheGradientToTheFirstAndTheSecondGradientComesFromThere() {
        Tape tape = new Tape();
        Tensor x = tape.watch(tensor(Shape.of(1, 1, 2, 2), 5, 5, 1, 5));
        Tensor signal = tape.watch(tensor(Shape.of(1, 1, 1, 1), 3));
        Tensor y = Neural.maxPool(x, WindowGeometry.square(2, 2, 0), false);
        Tensor gradient =
                tape.gradient(y, signal, List.of(x), Walk.PLAIN.recorded()).getFirst();
        assertTensor(gradient, PLANE_2, 3, 0, 0, 0);
        Tensor weights = tensor(PLANE_2, 7, 11, 13, 17);
        List<Tensor> second = tape.gradient(Ops.mul(gradient, weights), List.of(signal, x), Walk.PLAIN);
        assertTensor(second.getFirst(), Shape.of(1, 1, 1, 1), 7);
        assertTensor(second.getLast(), PLANE_2, 0, 0, 0, 0);
    }

    @Test
    void maximaShareTheGradientAmongTies() {
        Tape tape = new Tape();
        Tensor x = tape.watch(Tensors.vector(2, 5, 5, 5));
        assertTensor(tape.gradient(Ops.max(x), x), Shape.of(4), 0, 1 / 3.0, 1 / 3.0, 1 / 3.0);
    }
}
