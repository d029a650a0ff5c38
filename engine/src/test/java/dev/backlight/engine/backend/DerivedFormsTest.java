package dev.backlight.engine.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DerivedFormsTest {
    private final Backend backend = new ReferenceBackend();
    private final DeviceArray block = backend.allocate(DType.F32, Shape.of(2));
    private final AtomicInteger made = new AtomicInteger();

    /** The doubled contents. */
    private float[] doubled(Storage storage) {
        return storage.<float[]>derived("doubled", 8, stale -> {
            made.incrementAndGet();
            float[] form = stale == null ? new float[2] : stale;
            for (int i = 0; i < 2; i++) {
                form[i] = 2 * ((float[]) storage.memory())[i];
            }
            return form;
        });
    }

    private void upload(float a, float b) {
        backend.upload(new float[] {a, b}, 0, block.buffer());
    }

    @Test
    void aFormIsMadeOnceForTheSameContents() {
        upload(1, 2);
        float[] first = doubled(block.storage());
        assertSame(first, doubled(block.storage()));
        assertEquals(4, first[1]);
        assertEquals(1, made.get());
    }

    @Test
    void everyKindOfWriteOutdatesForms() {
        upload(1, 2);
        doubled(block.storage());
        upload(3, 4);
        assertEquals(6, doubled(block.storage())[0]);
        backend.execute(new Primitive.Fill(5), List.of(), block);
        assertEquals(10, doubled(block.storage())[0]);
        DeviceArray other = backend.allocate(DType.F32, Shape.of(2));
        DeviceArray zeros = backend.allocate(DType.F32, Shape.of(2));
        backend.execute(new Primitive.Fill(0), List.of(), zeros);
        backend.execute(new Primitive.Fill(1), List.of(), other);
        backend.execute(new Primitive.SgdStep(1, 0, 0, false), List.of(other, zeros), block);
        assertEquals(8, doubled(block.storage())[0]);
        backend.execute(new Primitive.SgdStep(1, 0, 0, false), List.of(other, block), zeros);
        assertEquals(2, doubled(block.storage())[0], "the velocity is written too");
    }

    @Test
    void statisticsCountFormsUntilThePoolIsTrimmed() {
        upload(1, 2);
        assertEquals(0, backend.pool().statistics().derivedBytes());
        doubled(block.storage());
        assertEquals(8, backend.pool().statistics().derivedBytes());
        backend.pool().trim();
        assertEquals(0, backend.pool().statistics().derivedBytes());
        assertEquals(2, doubled(block.storage())[0]);
        assertEquals(2, made.get());
    }

    @Test
    void onlyWhatNoScopeOwnsIsLongLived() {
        assertTrue(block.storage().isLongLived());
        try (Scope scope = Scope.open()) {
            DeviceArray inner = backend.allocate(DType.F32, Shape.of(2));
            assertFalse(inner.storage().isLongLived());
            scope.keep(inner);
            assertTrue(inner.storage().isLongLived());
        }
    }

    @Test
    void threadsThatAskAtOnceShareOneForm() throws Exception {
        upload(1, 2);
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<float[]>> forms = List.of(1, 2, 3, 4).stream()
                    .map(i -> threads.submit(() -> {
                        start.await();
                        return doubled(block.storage());
                    }))
                    .toList();
            start.countDown();
            for (Future<float[]> form : forms) {
                assertSame(forms.getFirst().get(), form.get());
            }
        }
        assertEquals(1, made.get());
    }
}
