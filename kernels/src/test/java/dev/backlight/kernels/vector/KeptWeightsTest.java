package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Weights that are kept in another form must give what the same weights give as temporaries, whatever writes them. */
class KeptWeightsTest {
    private final SplittableRandom random = new SplittableRandom(51);
    private final Backend backend = new VectorBackend(2);
    /** Keeps the collector from changing the statistics during a test. */
    private final List<DeviceArray> weightsSoFar = new ArrayList<>();

    private DeviceArray array(Shape shape, float[] values) {
        DeviceArray array = backend.allocate(DType.F32, shape);
        backend.upload(values, 0, array.buffer());
        return array;
    }

    private float[] values(int count) {
        return GemmTest.values(random, count);
    }

    private float[] read(Buffer buffer) {
        float[] values = new float[(int) buffer.length()];
        backend.download(buffer, values, 0);
        return values;
    }

    private float[] run(Primitive primitive, Shape out, DeviceArray... inputs) {
        DeviceArray y = backend.allocate(DType.F32, out);
        backend.execute(primitive, List.of(inputs), y);
        return read(y.buffer());
    }

    /** The result with weights that a scope owns, for which no form is kept. */
    private float[] fresh(Primitive primitive, Shape out, DeviceArray x, DeviceArray w) {
        try (Scope scope = Scope.open()) {
            DeviceArray copy = array(w.shape(), read(w.buffer()));
            float[] y = run(primitive, out, x, copy);
            assertEquals(1 + 1, scope.size());
            return y;
        }
    }

    /** Runs with kept weights before and after each way of writing them. */
    private void check(Primitive primitive, Shape x, Shape w, Shape y) {
        DeviceArray input = array(x, values((int) x.elements()));
        DeviceArray weights = array(w, values((int) w.elements()));
        weightsSoFar.add(weights);
        long before = backend.pool().statistics().derivedBytes();
        assertArrayEquals(fresh(primitive, y, input, weights), run(primitive, y, input, weights));
        long kept = backend.pool().statistics().derivedBytes();
        assertTrue(kept >= before + 4 * w.elements(), "the packed weights are kept and counted");
        assertArrayEquals(fresh(primitive, y, input, weights), run(primitive, y, input, weights));
        backend.upload(values((int) w.elements()), 0, weights.buffer());
        assertArrayEquals(fresh(primitive, y, input, weights), run(primitive, y, input, weights));
        DeviceArray gradient = array(w, values((int) w.elements()));
        DeviceArray velocity = array(w, values((int) w.elements()));
        backend.execute(new Primitive.SgdStep(0.1, 0.9, 0, true), List.of(gradient, velocity), weights);
        assertArrayEquals(fresh(primitive, y, input, weights), run(primitive, y, input, weights));
        backend.execute(new Primitive.Cast(), List.of(gradient), weights);
        assertArrayEquals(fresh(primitive, y, input, weights), run(primitive, y, input, weights));
        DeviceArray part = new DeviceArray(
                Shape.of(3), weights.buffer().slice(weights.buffer().length() - 3, 3));
        backend.execute(new Primitive.Fill(7), List.of(), part);
        assertArrayEquals(fresh(primitive, y, input, weights), run(primitive, y, input, weights));
        assertEquals(kept, backend.pool().statistics().derivedBytes(), "stale forms are overwritten, not added to");
    }

    @Test
    void convolutionsFollowTheirWeights() {
        for (int window = 1; window <= 3; window += 2) {
            for (int stride = 1; stride <= 2; stride++) {
                WindowGeometry g = WindowGeometry.square(window, stride, window / 2);
                Shape x = Shape.of(2, 12, 15, 14);
                Shape w = Shape.of(20, 6, window, window);
                Shape y = Shape.of(2, 20, g.outputHeight(15), g.outputWidth(14));
                check(new Primitive.Convolution(g, 2), x, w, y);
                check(new Primitive.ConvolutionInputGradient(g, 2), y, w, x);
            }
        }
    }

    @Test
    void twoFiltersInOneBlockDoNotMeet() {
        Shape x = Shape.of(1, 4, 6, 6);
        Shape w = Shape.of(5, 4, 3, 3);
        int size = (int) w.elements();
        DeviceArray both = array(Shape.of(2 * size), values(2 * size));
        DeviceArray input = array(x, values((int) x.elements()));
        Primitive primitive = new Primitive.Convolution(WindowGeometry.square(3, 1, 1), 1);
        for (int i = 0; i < 2; i++) {
            DeviceArray one = new DeviceArray(w, both.buffer().slice((long) i * size, size));
            Shape y = Shape.of(1, 5, 6, 6);
            assertArrayEquals(fresh(primitive, y, input, one), run(primitive, y, input, one));
        }
    }
}
