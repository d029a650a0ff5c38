package dev.backlight.benchmarks.contest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.nn.BatchNormalization;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private static final Backend BACKEND = Backends.best(1);
    private static final Shape IMAGES = Shape.of(4, 2, 5, 3);
    private static final String MEAN = "0.running_mean";
    private static final String VARIANCE = "0.running_var";

    private static Tensor images(long seed) {
        return Tensor.random(BACKEND, DType.F32, IMAGES, Primitive.Distribution.NORMAL, seed);
    }

    private static Layer normalisation() {
        Layer network = new Sequential(new BatchNormalization(2));
        network.initialise(BACKEND, DType.F32, 1);
        return network;
    }

    private static float[] state(Layer network, String name) {
        return value(network, name).toFloats();
    }

    private static Tensor value(Layer network, String name) {
        return Objects.requireNonNull(network.state().get(name)).value();
    }

    /** The numbers of one channel. */
    private static double[] channel(Tensor images, int channel) {
        float[] values = images.toFloats();
        int plane = 5 * 3;
        double[] found = new double[4 * plane];
        for (int i = 0; i < found.length; i++) {
            found[i] = values[(i / plane * 2 + channel) * plane + i % plane];
        }
        return found;
    }

    @Test
    void statisticsAreTheBatchsMeanAndUnbiasedVariance() {
        Layer network = normalisation();
        Tensor images = images(3);
        Calibration.of(network, images);
        for (int c = 0; c < 2; c++) {
            double[] values = channel(images, c);
            double mean = Arrays.stream(values).average().orElseThrow();
            double squares =
                    Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
            assertEquals(mean, state(network, MEAN)[c], 1e-7);
            assertEquals(squares / (values.length - 1), state(network, VARIANCE)[c], 1e-6);
        }
        assertEquals(DType.F32, value(network, MEAN).dtype());
    }

    @Test
    void aNetworkIsCalibratedOnce() {
        Layer first = normalisation();
        Calibration.shared("once", first, () -> images(3));
        Layer again = normalisation();
        Calibration.shared("once", again, () -> fail("calibrated anew"));
        Layer other = normalisation();
        Calibration.shared("another", other, () -> images(4));
        for (String statistic : List.of(MEAN, VARIANCE)) {
            assertArrayEquals(state(first, statistic), state(again, statistic));
            assertFalse(Arrays.equals(state(first, statistic), state(other, statistic)));
        }
    }

    /** Whoever is first, and with however many threads. */
    @Test
    void everyContestantGetsTheSameNetwork() {
        Job job = new Job(Workload.FORWARD, "resnet20", 1, 32, 1);
        Layer first = Subject.network(BACKEND, job);
        Layer second = Subject.network(Backends.best(2), job);
        assertEquals(first.state().keySet(), second.state().keySet());
        for (String name : first.state().keySet()) {
            assertArrayEquals(state(first, name), state(second, name), name);
        }
        assertTrue(first.state().keySet().stream().anyMatch(Calibration::isStatistic));
    }
}
