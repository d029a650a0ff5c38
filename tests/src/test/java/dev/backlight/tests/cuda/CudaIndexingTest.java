package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sorted indices: of any number, and of so many that looking for equal ones by comparing all would take minutes. */
class CudaIndexingTest {
    private static Backend cuda = new ReferenceBackend();

    @BeforeAll
    static void open() {
        cuda = Devices.cuda();
    }

    /** One chunk, several, and a last one of any size; all indices alike, few values, many values. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 31, 1023, 1024, 1025, 3000, 4097, 9999})
    void sumsAreThoseOfTheReference(int count) {
        check(cuda, count);
    }

    /** As many indices into axes of several sizes. */
    static void check(Backend on, int count) {
        Random random = new Random(count);
        for (int size : new int[] {1, 7, 2500}) {
            check(on, size, 3, random.ints(count, 0, size).asLongStream().toArray());
        }
    }

    /** No index meets another, so that every search goes on to the end. */
    @Test
    @Timeout(30)
    void aMultitudeOfDifferentIndices() {
        int size = 300_007;
        long[] indices = new long[size];
        for (int i = 0; i < size; i++) {
            indices[i] = i * 7919L % size;
        }
        check(cuda, size, 1, indices);
    }

    private static void check(Backend on, int size, int inner, long[] indices) {
        float[] upstream = new float[indices.length * inner];
        Random random = new Random(5);
        for (int i = 0; i < upstream.length; i++) {
            upstream[i] = random.nextFloat() - 0.5f;
        }
        assertArrayEquals(
                adjoint(new ReferenceBackend(), size, inner, indices, upstream),
                adjoint(on, size, inner, indices, upstream),
                indices.length + " indices into " + size);
    }

    private static float[] adjoint(Backend backend, int size, int inner, long[] indices, float[] upstream) {
        try (Scope scope = Scope.open()) {
            DeviceArray u = backend.allocate(DType.F32, Shape.of(indices.length, inner));
            DeviceArray names = backend.allocate(DType.I64, Shape.of(indices.length));
            DeviceArray sums = backend.allocate(DType.F32, Shape.of(size, inner));
            backend.upload(upstream, 0, u.buffer());
            backend.upload(indices, 0, names.buffer());
            backend.execute(new Primitive.TakeAdjoint(0), List.of(u, names), sums);
            float[] found = new float[size * inner];
            backend.download(sums.buffer(), found, 0);
            return found;
        }
    }
}
