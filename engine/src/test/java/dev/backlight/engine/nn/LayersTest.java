package dev.backlight.engine.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LayersTest {
    private static final Backend BACKEND = Backends.named("reference", 1);

    private static Tensor value(Layer layer, String name) {
        return Objects.requireNonNull(layer.state().get(name)).value();
    }

    /** One channel with values 1, 2, 3, 6: mean 3, variance 14/4 biased and 14/3 unbiased. */
    @Test
    void batchNormalizationFollowsTheBatchInTrainingOnly() {
        BatchNormalization norm = new BatchNormalization(1);
        norm.initialise(BACKEND, DType.F64, 0);
        Tensor x = Tensor.of(BACKEND, Shape.of(2, 1, 1, 2), 1.0, 2.0, 3.0, 6.0);
        double[] trained = norm.apply(x, Pass.training(new Tape(), 0)).toDoubles();
        double deviation = Math.sqrt(3.5 + 1e-5);
        assertArrayEquals(new double[] {-2 / deviation, -1 / deviation, 0, 3 / deviation}, trained, 1e-12);
        assertEquals(0.3, value(norm, "running_mean").item(), 1e-12);
        assertEquals(0.9 + 0.1 * 14 / 3, value(norm, "running_var").item(), 1e-12);

        double[] evaluated = norm.apply(x).toDoubles();
        assertEquals((1 - 0.3) / Math.sqrt(0.9 + 1.4 / 3 + 1e-5), evaluated[0], 1e-12);
        assertEquals(0.3, value(norm, "running_mean").item(), 1e-12);
    }

    @Test
    void batchNormalizationTrainsScaleAndShiftAlone() {
        BatchNormalization norm = new BatchNormalization(3);
        assertEquals(
                List.of("weight", "bias", "running_mean", "running_var"),
                List.copyOf(norm.state().keySet()));
        assertEquals(6, norm.parameterCount());
    }

    @Test
    void dropoutScalesWhatItKeepsAndRestsInEvaluation() {
        Dropout dropout = new Dropout(0.25);
        Tensor ones = Tensor.full(BACKEND, DType.F64, Shape.of(4000), 1);
        double[] kept = dropout.apply(ones, Pass.training(new Tape(), 5)).toDoubles();
        assertTrue(Arrays.stream(kept).allMatch(x -> x == 0 || Math.abs(x - 4 / 3.0) < 1e-12));
        assertEquals(1, Arrays.stream(kept).average().orElseThrow(), 0.05);
        assertArrayEquals(
                kept, dropout.apply(ones, Pass.training(new Tape(), 5)).toDoubles());
        assertSame(ones, dropout.apply(ones));
        assertThrows(ShapeException.class, () -> new Dropout(1));
    }

    @Test
    void linearIsItsFormula() {
        Linear linear = new Linear(2, 1);
        Objects.requireNonNull(linear.state().get("weight")).set(Tensor.of(BACKEND, Shape.of(1, 2), 2.0, -1.0));
        Objects.requireNonNull(linear.state().get("bias")).set(Tensor.of(BACKEND, Shape.of(1), 0.5));
        Tensor x = Tensor.of(BACKEND, Shape.of(2, 2), 1.0, 1.0, 3.0, 0.0);
        assertArrayEquals(new double[] {1.5, 6.5}, linear.apply(x).toDoubles());
    }

    @Test
    void poolingAndFlatteningGiveTheirShapes() {
        Tensor x = Tensor.full(BACKEND, DType.F32, Shape.of(2, 3, 5, 5), 1);
        Layer network = new Sequential(
                new MaxPooling(WindowGeometry.square(3, 2, 1)),
                new Identity(),
                new AdaptiveAveragePooling(2, 2),
                new Flatten());
        assertEquals(Shape.of(2, 12), network.apply(x).shape());
        assertEquals(
                Shape.of(2, 3, 1, 1), AdaptiveAveragePooling.global().apply(x).shape());
        assertEquals(
                Shape.of(2, 3, 2, 2),
                new AveragePooling(WindowGeometry.square(2, 2, 0)).apply(x).shape());
    }
}
