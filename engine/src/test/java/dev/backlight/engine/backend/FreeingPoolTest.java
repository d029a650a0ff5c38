package dev.backlight.engine.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.Shape;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The pool over memory that is lost unless it is freed. */
class FreeingPoolTest {
    private static final int KIBI = 1024;
    private static final long BLOCK_BYTES = 4L * KIBI;

    /** Memory of a make-believe device, with room for a number of blocks. */
    private static final class Device implements BlockAllocator {
        private final Set<Object> allocated = new HashSet<>();
        private final int room;
        private final long limit;

        Device(int room, long limit) {
            this.room = room;
            this.limit = limit;
        }

        @Override
        public Object allocate(DType dtype, long capacity) {
            if (allocated.size() == room) {
                throw new OutOfMemoryError();
            }
            Object block = new Object();
            allocated.add(block);
            return block;
        }

        @Override
        public void free(Object memory) {
            assertTrue(allocated.remove(memory), "freed twice");
        }

        @Override
        public boolean needsFreeing() {
            return true;
        }

        @Override
        public long limit() {
            return limit;
        }
    }

    private static void take(BufferPool pool, int blocks) {
        for (int i = 0; i < blocks; i++) {
            pool.allocate(DType.F32, Shape.of(KIBI));
        }
    }

    @Test
    void trimmingFreesWhatNobodyUses() {
        Device device = new Device(4, Long.MAX_VALUE);
        BufferPool pool = new BufferPool(device);
        try (Scope outer = Scope.open()) {
            take(pool, 1);
            try (Scope inner = Scope.open()) {
                take(pool, 2);
            }
            assertEquals(3, device.allocated.size());
            pool.trim();
            assertEquals(1, device.allocated.size());
        }
        pool.trim();
        assertEquals(0, device.allocated.size());
        assertEquals(3 * BLOCK_BYTES, pool.peakBytes());
    }

    @Test
    void workingSpaceCountsBesideWhatIsInUseThen() {
        BufferPool pool = new BufferPool(new Device(4, Long.MAX_VALUE));
        try (Scope scope = Scope.open()) {
            take(pool, 1);
            pool.countWorkingSpace(5 * BLOCK_BYTES);
            take(pool, 1);
        }
        assertEquals(6 * BLOCK_BYTES, pool.peakBytes());
        pool.resetPeak();
        assertEquals(0, pool.peakBytes());
    }

    @Test
    void blocksOutsideAllScopesComeBackWhenNothingRefersToThem() {
        Device device = new Device(4, Long.MAX_VALUE);
        BufferPool pool = new BufferPool(device);
        take(pool, 40);
        assertTrue(pool.statistics().liveBlocks() <= 4, pool.statistics().toString());
    }

    /** Without anything being allocated, which would take them back too. */
    @Test
    void thereIsRoomWhereTheCollectorHasFoundBlocks() throws InterruptedException {
        BufferPool pool = new BufferPool(new Device(4, 4 * BLOCK_BYTES));
        take(pool, 3);
        for (int i = 0; i < 100 && pool.room() < 4 * BLOCK_BYTES; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertEquals(4 * BLOCK_BYTES, pool.room());
    }

    @Test
    void aBlockThatItsScopeGaveBackDoesNotComeBackTwice() {
        BufferPool pool = new BufferPool(new Device(1, Long.MAX_VALUE));
        for (int i = 0; i < 3; i++) {
            try (Scope scope = Scope.open()) {
                take(pool, 1);
            }
            System.gc();
        }
        assertEquals(new BufferPool.Statistics(0, 0, BLOCK_BYTES), pool.statistics());
    }

    @Test
    void theLimitHoldsForWhatIsUsedAndWhatIsFree() {
        Device device = new Device(100, 3 * BLOCK_BYTES);
        BufferPool pool = new BufferPool(device);
        try (Scope scope = Scope.open()) {
            take(pool, 3);
            assertThrows(DeviceMemoryException.class, () -> take(pool, 1));
            assertEquals(3, device.allocated.size());
        }
        try (Scope scope = Scope.open()) {
            pool.allocate(DType.F64, Shape.of(KIBI));
            assertEquals(1, device.allocated.size());
        }
    }
}
