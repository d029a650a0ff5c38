package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The optimisers' steps, which change their parameter and their moments in place. */
class CudaOptimisersTest {
    private static final int ROUNDS = 20;

    private final Random random = new Random(3);

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void stepsAgreeWithTheReference(DType type) {
        Backend cuda = Devices.cuda();
        for (int round = 1; round <= ROUNDS; round++) {
            int size = 1 + random.nextInt(3000);
            Primitive adam = new Primitive.AdamStep(0.1, 0.9, 0.999, 1e-8, 0.01, round);
            check(cuda, adam, type, drawn(size, -2, 2), drawn(size, -2, 2), drawn(size, -2, 2), drawn(size, 1e-3, 1));
            Primitive sgd = new Primitive.SgdStep(0.1, 0.9, 5e-4, round % 2 == 0);
            check(cuda, sgd, type, drawn(size, -2, 2), drawn(size, -2, 2), drawn(size, -2, 2));
        }
    }

    private double[] drawn(int size, double low, double high) {
        return random.doubles(size, low, high).toArray();
    }

    /** The first array is the parameter and the output; the gradient and the moments follow. */
    private static void check(Backend cuda, Primitive step, DType type, double[]... arrays) {
        List<double[]> expected = after(new ReferenceBackend(), step, type, arrays);
        List<double[]> found = after(cuda, step, type, arrays);
        double tolerance = type == DType.F64 ? 1e-12 : 3e-6;
        for (int k = 0; k < expected.size(); k++) {
            for (int i = 0; i < expected.get(k).length; i++) {
                double wanted = expected.get(k)[i];
                assertEquals(
                        wanted,
                        found.get(k)[i],
                        tolerance * (1 + Math.abs(wanted)),
                        step + ", array " + k + " at " + i);
            }
        }
    }

    private static List<double[]> after(Backend backend, Primitive step, DType type, double[]... arrays) {
        try (Scope scope = Scope.open()) {
            List<DeviceArray> placed = new ArrayList<>();
            for (double[] array : arrays) {
                DeviceArray place = backend.allocate(type, Shape.of(array.length));
                backend.upload(type == DType.F64 ? array : floats(array), 0, place.buffer());
                placed.add(place);
            }
            backend.execute(step, placed.subList(1, placed.size()), placed.getFirst());
            return placed.stream().map(array -> read(backend, array)).toList();
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static double[] read(Backend backend, DeviceArray array) {
        int size = (int) array.shape().elements();
        double[] doubles = new double[size];
        if (array.dtype() == DType.F64) {
            backend.download(array.buffer(), doubles, 0);
            return doubles;
        }
        float[] floats = new float[size];
        backend.download(array.buffer(), floats, 0);
        for (int i = 0; i < size; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }
}
