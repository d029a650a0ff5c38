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
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Free lists of a backend's memory, by element type and size class, so that a loop of like steps allocates nothing after
 * its first round. Contents are not cleared: every primitive writes its whole output.
 */
public final class BufferPool {
    private record SizeClass(DType dtype, long capacity) {}

    /**
     * A snapshot of the pool: blocks in use, bytes in use, bytes held free for reuse, and bytes of what kernels keep with
     * long-lived blocks (see {@link Storage#derived}). In use is what no scope has given back: blocks made outside all
     * scopes, which the garbage collector takes without telling, count as live for good; their forms count while they are
     * there.
     */
    public record Statistics(long liveBlocks, long liveBytes, long freeBytes, long derivedBytes) {
        /** The statistics of a pool whose blocks have no derived forms. */
        public Statistics(long liveBlocks, long liveBytes, long freeBytes) {
            this(liveBlocks, liveBytes, freeBytes, 0);
        }
    }

    private final BiFunction<DType, Long, Object> allocator;
    private final Map<SizeClass, Deque<Object>> free = new HashMap<>();
    private final Set<Storage> withForms = Collections.newSetFromMap(new WeakHashMap<>());
    private long liveBlocks;
    private long liveBytes;
    private long freeBytes;

    /** A pool over {@code allocator}, which makes raw memory for a number of elements or throws {@link OutOfMemoryError}. */
    public BufferPool(BiFunction<DType, Long, Object> allocator) {
        this.allocator = allocator;
    }

    /**
     * A dense array with undefined contents, owned by the innermost open scope.
     *
     * @throws DeviceMemoryException when the memory is exhausted, with what was asked for
     */
    public DeviceArray allocate(DType dtype, Shape shape) {
        long capacity = sizeClass(shape.elements());
        Object memory = reuse(new SizeClass(dtype, capacity));
        if (memory == null) {
            memory = fresh(dtype, shape, capacity);
            countLive(dtype, capacity);
        }
        Storage storage = Scope.register(new Storage(dtype, capacity, memory, this));
        return new DeviceArray(shape, new Buffer(storage, 0, shape.elements()));
    }

    public synchronized Statistics statistics() {
        long derived =
                withForms.stream().mapToLong(storage -> storage.forms().bytes()).sum();
        return new Statistics(liveBlocks, liveBytes, freeBytes, derived);
    }

    /** Drops all free blocks and derived forms, so that the memory can go back to the system. */
    public synchronized void trim() {
        free.clear();
        withForms.forEach(storage -> storage.forms().drop());
        withForms.clear();
        freeBytes = 0;
    }

    private Object fresh(DType dtype, Shape shape, long capacity) {
        try {
            return allocator.apply(dtype, capacity);
        } catch (OutOfMemoryError first) {
            trim();
            try {
                return allocator.apply(dtype, capacity);
            } catch (OutOfMemoryError second) {
                throw new DeviceMemoryException(
                        "no memory for a tensor of shape " + shape + " (" + capacity * dtype.bytes() / (1 << 20)
                                + " MiB) beside " + statistics().liveBytes() / (1 << 20)
                                + " MiB in use; use a smaller batch or image, or give the program more memory",
                        second);
            }
        }
    }

    private synchronized @Nullable Object reuse(SizeClass size) {
        Deque<Object> blocks = free.get(size);
        Object memory = blocks == null ? null : blocks.pollLast();
        if (memory != null) {
            freeBytes -= size.capacity * size.dtype.bytes();
            countLive(size.dtype, size.capacity);
        }
        return memory;
    }

    private synchronized void countLive(DType dtype, long capacity) {
        liveBlocks++;
        liveBytes += capacity * dtype.bytes();
    }

    synchronized void countDerived(Storage storage) {
        withForms.add(storage);
    }

    synchronized void giveBack(DType dtype, long capacity, Object memory) {
        liveBlocks--;
        liveBytes -= capacity * dtype.bytes();
        freeBytes += capacity * dtype.bytes();
        free.computeIfAbsent(new SizeClass(dtype, capacity), key -> new ArrayDeque<>())
                .addLast(memory);
    }

    /** Sizes are rounded up to eighths of a power of two: at most an eighth is wasted, and near sizes share blocks. */
    private static long sizeClass(long elements) {
        if (elements <= 16) {
            return 16;
        }
        long step = Math.max(1, Long.highestOneBit(elements - 1) >> 3);
        return (elements + step - 1) / step * step;
    }
}
