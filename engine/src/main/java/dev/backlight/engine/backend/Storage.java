package dev.backlight.engine.backend;

import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One allocated block of a backend's memory. It belongs to the scope it was made in, or, outside all scopes, to whoever
 * still refers to it. What the memory object is (a Java array, a device pointer) only its backend knows.
 */
public final class Storage {
    private final DType dtype;
    private final long capacity;
    private final @Nullable BufferPool pool;
    private final DerivedForms forms = new DerivedForms();
    private @Nullable Object memory;
    private volatile boolean isRetired;

    /** The owning scope; written by {@link Scope} only. */
    @Nullable
    Scope owner;

    /** How the memory comes back when nobody refers to this block any more, where that matters. */
    Leases.@Nullable Lease lease;

    Storage(DType dtype, long capacity, @Nullable Object memory, @Nullable BufferPool pool) {
        this.dtype = dtype;
        this.capacity = capacity;
        this.memory = memory;
        this.pool = pool;
    }

    /** Stands for memory that a program being recorded will have once it runs. */
    public static Storage placeholder(DType dtype, long capacity) {
        return new Storage(dtype, capacity, null, null);
    }

    /** Whether there will never be memory behind this very object. */
    public boolean isPlaceholder() {
        return pool == null;
    }

    public DType dtype() {
        return dtype;
    }

    /** Elements that fit, at least as many as were asked for. */
    public long capacity() {
        return capacity;
    }

    /**
     * The backend's own handle of the memory.
     *
     * @throws DeviceException when the scope that owned this block has been closed, or when a program is only being recorded
     */
    public Object memory() {
        Object current = memory;
        if (isPlaceholder()) {
            throw new DeviceException(
                    "a program is being recorded here, so this tensor has no numbers yet; what reads or "
                            + "changes numbers while it computes, such as a rule that sorts them, must run without a recording");
        }
        if (current == null) {
            throw new DeviceException("a tensor was used after the scope that made it was closed; hand it outward with "
                    + "Scope.keep before the scope ends");
        }
        return current;
    }

    /** Whether no scope will end this block's life, as with parameters: what is derived from it is worth keeping. */
    public boolean isLongLived() {
        return owner == null;
    }

    /**
     * A form of this block's contents that is kept with it, such as weights in the order in which a kernel reads them.
     * {@code maker} is called when there is none yet or when the contents have been written since; it is given the stale
     * form, to be overwritten, or null. Meant for long-lived blocks: forms are dropped with the block or by
     * {@link BufferPool#trim}.
     *
     * @param key what form of which part; a value with {@code equals}, which determines the form's type
     * @param bytes the form's memory, for the pool's statistics
     */
    public <T> T derived(Object key, long bytes, Function<@Nullable T, T> maker) {
        if (pool != null) {
            pool.countDerived(this);
        }
        return forms.get(key, bytes, maker);
    }

    /** To be called by a backend after each write into this block, so that no form of the old contents is used again. */
    public void written() {
        forms.outdate();
    }

    /** Changes with every write into this block. */
    public long version() {
        return forms.version();
    }

    /** Says that others stand for these numbers from now on, as when a network has moved to another device. */
    public void retire() {
        isRetired = true;
    }

    /** Whether what was recorded with this block would compute with numbers that nobody means any more. */
    public boolean isRetired() {
        return isRetired;
    }

    DerivedForms forms() {
        return forms;
    }

    /** Gives the memory back to the pool; later uses fail with a sentence instead of reading someone else's numbers. */
    void release() {
        Object current = memory;
        if (current != null && pool != null) {
            memory = null;
            forms.drop();
            pool.giveBack(this, current);
        }
    }
}
