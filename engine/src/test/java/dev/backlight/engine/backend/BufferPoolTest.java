package dev.backlight.engine.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.Shape;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
    private static final int MEBI = 1 << 20;

    private final BufferPool pool = new BufferPool((dtype, capacity) -> {
        if (capacity > MEBI) {
            throw new OutOfMemoryError();
        }
        return new float[Math.toIntExact(capacity)];
    });

    @Test
    void aRefusedRequestIsNotCountedAsLive() {
        try (Scope scope = Scope.open()) {
            pool.allocate(DType.F32, Shape.of(MEBI));
            BufferPool.Statistics before = pool.statistics();
            DeviceException refusal =
                    assertThrows(DeviceException.class, () -> pool.allocate(DType.F32, Shape.of(4, MEBI)));
            assertEquals(
                    "no memory for a tensor of shape 4×1048576 (16.0 MiB) beside 4.0 MiB in use; use a smaller batch or image,"
                            + " or give the program more memory",
                    refusal.getMessage());
            assertEquals(before, pool.statistics());
            assertEquals(1, scope.size());
        }
        assertEquals(new BufferPool.Statistics(0, 0, 4L * MEBI), pool.statistics());
    }

    @Test
    void aBlockGivenBackIsLiveAgainWhenReused() {
        for (int round = 0; round < 2; round++) {
            try (Scope scope = Scope.open()) {
                pool.allocate(DType.F32, Shape.of(1024));
                assertEquals(new BufferPool.Statistics(1, 4096, 0), pool.statistics());
                assertEquals(1, scope.size());
            }
            assertEquals(new BufferPool.Statistics(0, 0, 4096), pool.statistics());
        }
    }

    @Test
    void whatIsMadeOutsideAllScopesStaysLive() {
        pool.allocate(DType.F32, Shape.of(1024));
        assertEquals(new BufferPool.Statistics(1, 4096, 0), pool.statistics());
    }
}
