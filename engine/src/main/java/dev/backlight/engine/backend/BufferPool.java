package dev.backlight.engine.backend;

import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Free lists of a backend's memory, by element type and size class, so that a loop of like steps allocates nothing after
 * its first round. Contents are not cleared: every primitive writes its whole output.
 */
public final class BufferPool {
    private record SizeClass(DType dtype, long capacity) {
        long bytes() {
            return capacity * dtype.bytes();
        }
    }

    /**
     * A snapshot of the pool: blocks in use, bytes in use, bytes held free for reuse, and bytes of what kernels keep with
     * long-lived blocks (see {@link Storage#derived}). Blocks count as in use until a scope gives them back. A pool of Java
     * arrays is not told when the garbage collector takes blocks that were made outside all scopes, so these count for good;
     * their forms count while they are there.
     */
    public record Statistics(long liveBlocks, long liveBytes, long freeBytes, long derivedBytes) {
        /** The statistics of a pool whose blocks have no derived forms. */
        public Statistics(long liveBlocks, long liveBytes, long freeBytes) {
            this(liveBlocks, liveBytes, freeBytes, 0);
        }
    }

    private final BlockAllocator allocator;
    private final Map<SizeClass, Deque<Object>> free = new HashMap<>();
    private final Set<Storage> withForms = Collections.newSetFromMap(new WeakHashMap<>());
    private final @Nullable Leases leases;
    private long liveBlocks;
    private long liveBytes;
    private long freeBytes;
    private long peakBytes;

    public BufferPool(BlockAllocator allocator) {
        this.allocator = allocator;
        this.leases = allocator.needsFreeing() ? new Leases(this) : null;
    }

    /**
     * A dense array with undefined contents, owned by the innermost open scope.
     *
     * @throws DeviceMemoryException when the memory is exhausted, with what was asked for
     */
    public DeviceArray allocate(DType dtype, Shape shape) {
        SizeClass size = new SizeClass(dtype, roundUp(shape.elements()));
        if (leases != null) {
            leases.takeBack();
        }
        Object memory = reuse(size);
        if (memory == null) {
            memory = fresh(size, shape);
        }
        countLive(size);
        Storage storage = new Storage(dtype, size.capacity, memory, this);
        if (leases != null) {
            leases.watch(storage, memory);
        }
        Scope.register(storage);
        return new DeviceArray(shape, new Buffer(storage, 0, shape.elements()));
    }

    public synchronized Statistics statistics() {
        long derived =
                withForms.stream().mapToLong(storage -> storage.forms().bytes()).sum();
        return new Statistics(liveBlocks, liveBytes, freeBytes, derived);
    }

    /** Tells that work begins which needs so many bytes besides the pool's blocks: they are in use for a while too. */
    public synchronized void countWorkingSpace(long bytes) {
        peakBytes = Math.max(peakBytes, liveBytes + bytes);
    }

    /** The most bytes that were in use at once, working space included where a backend tells of it. */
    public synchronized long peakBytes() {
        return peakBytes;
    }

    /** Begins to look for the most bytes in use anew, from what is in use now. */
    public synchronized void resetPeak() {
        peakBytes = liveBytes;
    }

    /** Drops all free blocks and derived forms, so that the memory can go back to the system. */
    public synchronized void trim() {
        free.values().forEach(blocks -> blocks.forEach(allocator::free));
        free.clear();
        withForms.forEach(storage -> storage.forms().drop());
        withForms.clear();
        freeBytes = 0;
    }

    /**
     * About how many more bytes there are for a plan, free blocks included; for choosing between plans, not for refusing one.
     * Blocks outside all scopes come back here once the garbage collector has found them. Those of Java arrays count as in use
     * for good (see {@link Statistics}), so half of the memory is taken to be free whatever the count says.
     */
    public long room() {
        return room(0);
    }

    /** The same once so many bytes that are in use now have been given back. */
    public long room(long freed) {
        if (leases != null) {
            leases.takeBack();
        }
        Statistics now = statistics();
        long used = now.liveBytes() + now.derivedBytes() - freed;
        long usable = allocator.usable();
        return usable - (leases == null ? Math.min(used, usable / 2) : used);
    }

    /** The most bytes that there can ever be for a plan. */
    public long usable() {
        return allocator.usable();
    }

    /**
     * Refuses work that cannot fit, before any of it is done.
     *
     * @param what the work, as the beginning of a sentence
     * @throws DeviceMemoryException where more is needed than there can ever be
     */
    public void requireRoom(String what, long bytes) {
        if (bytes > allocator.capacity()) {
            throw new DeviceMemoryException(what + " needs " + MemorySize.mebibytes(bytes) + ", more than the "
                    + MemorySize.mebibytes(allocator.capacity())
                    + " that there are; use a smaller batch or image, or give the program more memory");
        }
    }

    private Object fresh(SizeClass size, Shape shape) {
        try {
            return withinLimit(size);
        } catch (OutOfMemoryError first) {
            trim();
        }
        try {
            return withinLimit(size);
        } catch (OutOfMemoryError second) {
            return afterCollection(size, shape, second);
        }
    }

    /** Blocks that nothing refers to any more come back only when the garbage collector runs. */
    private Object afterCollection(SizeClass size, Shape shape, OutOfMemoryError cause) {
        if (leases != null && leases.collect()) {
            Object memory = reuse(size);
            if (memory != null) {
                return memory;
            }
            trim();
            try {
                return withinLimit(size);
            } catch (OutOfMemoryError again) {
                throw exhausted(size, shape, again);
            }
        }
        throw exhausted(size, shape, cause);
    }

    private DeviceMemoryException exhausted(SizeClass size, Shape shape, OutOfMemoryError cause) {
        return new DeviceMemoryException(
                "no memory for a tensor of shape " + shape + " (" + MemorySize.mebibytes(size.bytes()) + ") beside "
                        + MemorySize.mebibytes(statistics().liveBytes())
                        + " in use; use a smaller batch or image, or give the program more memory",
                cause);
    }

    private Object withinLimit(SizeClass size) {
        synchronized (this) {
            if (liveBytes + freeBytes + size.bytes() > allocator.limit()) {
                throw new OutOfMemoryError("the limit of " + allocator.limit() + " bytes");
            }
        }
        return allocator.allocate(size.dtype, size.capacity);
    }

    private synchronized @Nullable Object reuse(SizeClass size) {
        Deque<Object> blocks = free.get(size);
        Object memory = blocks == null ? null : blocks.pollLast();
        if (memory != null) {
            freeBytes -= size.bytes();
        }
        return memory;
    }

    private synchronized void countLive(SizeClass size) {
        liveBlocks++;
        liveBytes += size.bytes();
        peakBytes = Math.max(peakBytes, liveBytes);
    }

    synchronized void countDerived(Storage storage) {
        withForms.add(storage);
    }

    /** A scope gives a block back. */
    void giveBack(Storage storage, Object memory) {
        if (leases != null) {
            leases.forget(storage);
        }
        giveBack(storage.dtype(), storage.capacity(), memory);
    }

    synchronized void giveBack(DType dtype, long capacity, Object memory) {
        SizeClass size = new SizeClass(dtype, capacity);
        liveBlocks--;
        liveBytes -= size.bytes();
        freeBytes += size.bytes();
        free.computeIfAbsent(size, key -> new ArrayDeque<>()).addLast(memory);
    }

    /** The memory that an array of so many elements takes: as a block, which may be longer. */
    public static long blockBytes(DType dtype, long elements) {
        return new SizeClass(dtype, roundUp(elements)).bytes();
    }

    /** Sizes are rounded up to eighths of a power of two: at most an eighth is wasted, and near sizes share blocks. */
    private static long roundUp(long elements) {
        if (elements <= 16) {
            return 16;
        }
        long step = Math.max(1, Long.highestOneBit(elements - 1) >> 3);
        return (elements + step - 1) / step * step;
    }
}
