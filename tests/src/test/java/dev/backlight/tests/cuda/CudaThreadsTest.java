package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** The driver knows a device thread by thread: whatever a thread does first must introduce it. */
class CudaThreadsTest {
    private static final Executor NEW_THREAD = work -> Thread.ofPlatform().start(work);

    @Test
    void aThreadMayBeginWithAnAllocation() {
        Backend cuda = Devices.cuda();
        Tensor doubled = CompletableFuture.supplyAsync(
                        () -> Ops.mul(Tensor.of(cuda, Shape.of(3), 1f, 2f, 3f), 2.0), NEW_THREAD)
                .join();
        assertArrayEquals(new float[] {2, 4, 6}, doubled.toFloats());
    }

    @Test
    void aThreadMayBeginByGivingMemoryBackToTheDevice() {
        Backend cuda = Devices.cuda();
        try (Scope scope = Scope.open()) {
            Tensor.of(cuda, Shape.of(3), 1f, 2f, 3f);
        }
        CompletableFuture.runAsync(() -> cuda.pool().trim(), NEW_THREAD).join();
        assertEquals(0, cuda.pool().statistics().freeBytes());
        assertArrayEquals(new float[] {1}, Tensor.of(cuda, Shape.of(1), 1f).toFloats());
    }
}
