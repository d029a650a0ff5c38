package dev.backlight.engine.backend;

import dev.backlight.engine.shape.DType;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which memory belongs to which block, so that it comes back also from blocks that no scope owns, once the garbage collector
 * has found that nothing refers to them. It comes back on the thread that allocates next, never on one of the collector's.
 */
final class Leases {
    /** What remains to be known of a block that is gone. */
    static final class Lease extends PhantomReference<Storage> {
        private final DType dtype;
        private final long capacity;
        private final Object memory;

        Lease(Storage storage, Object memory, ReferenceQueue<Storage> gone) {
            super(storage, gone);
            this.dtype = storage.dtype();
            this.capacity = storage.capacity();
            this.memory = memory;
        }
    }

    private static final int ROUNDS = 5;
    private static final long WAIT_MILLIS = 40;

    /** For the first answer, which a busy machine gives late; without one the memory counts as exhausted. */
    private static final long PATIENCE_MILLIS = 500;

    private final BufferPool pool;
    private final ReferenceQueue<Storage> gone = new ReferenceQueue<>();
    private final Set<Lease> leases = ConcurrentHashMap.newKeySet();

    Leases(BufferPool pool) {
        this.pool = pool;
    }

    void watch(Storage storage, Object memory) {
        Lease lease = new Lease(storage, memory, gone);
        storage.lease = lease;
        leases.add(lease);
    }

    /** The block gives its memory back itself. */
    void forget(Storage storage) {
        Lease lease = storage.lease;
        if (lease != null) {
            leases.remove(lease);
            lease.clear();
            storage.lease = null;
        }
    }

    /** Takes back the memory of all blocks known to be gone. */
    boolean takeBack() {
        boolean found = false;
        for (Reference<?> one = gone.poll(); one != null; one = gone.poll()) {
            found |= takeBack(one);
        }
        return found;
    }

    /** Asks the garbage collector which blocks are gone, and waits a moment for the answer. */
    boolean collect() {
        boolean found = false;
        try {
            System.gc();
            for (int i = 0; i < ROUNDS; i++) {
                Reference<?> one = gone.remove(found ? WAIT_MILLIS : PATIENCE_MILLIS);
                if (one == null) {
                    break;
                }
                found |= takeBack(one);
                found |= takeBack();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return found;
    }

    private boolean takeBack(Reference<?> reference) {
        Lease lease = (Lease) reference;
        boolean first = leases.remove(lease);
        if (first) {
            pool.giveBack(lease.dtype, lease.capacity, lease.memory);
        }
        return first;
    }
}
