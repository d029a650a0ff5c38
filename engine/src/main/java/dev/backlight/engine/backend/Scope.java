package dev.backlight.engine.backend;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of code at whose end everything made inside it is given back to its pool, save what was handed outward:
 *
 * <pre>{@code
 * try (Scope scope = Scope.open()) {
 *     return scope.keep(softmax(network.apply(image)));
 * }
 * }</pre>
 *
 * The innermost open scope of the current thread owns each new storage. Without an open scope storages are left to the
 * garbage collector. Scopes nest and must be closed by the thread that opened them, innermost first.
 */
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<@Nullable Scope> INNERMOST = new ThreadLocal<>();

    private final @Nullable Scope outer;
    private final int depth;
    private final Set<Storage> owned = Collections.newSetFromMap(new IdentityHashMap<>());

    private Scope(@Nullable Scope outer) {
        this.outer = outer;
        this.depth = outer == null ? 1 : outer.depth + 1;
    }

    /** Opens a scope inside the current one. */
    public static Scope open() {
        Scope scope = new Scope(INNERMOST.get());
        INNERMOST.set(scope);
        return scope;
    }

    /** The innermost open scope of this thread, if any. */
    public static @Nullable Scope current() {
        return INNERMOST.get();
    }

    /** Hands a value to the next outer scope, or to the garbage collector where there is none. */
    public <T extends Owned> T keep(T value) {
        adopt(value.storage(), outer);
        return value;
    }

    /** Moves a storage outward to {@code target}; one that already lives there or longer is left alone. */
    public static void adopt(Storage storage, @Nullable Scope target) {
        Scope owner = storage.owner;
        int depth = target == null ? 0 : target.depth;
        if (owner == null || owner.depth <= depth) {
            return;
        }
        owner.owned.remove(storage);
        storage.owner = target;
        if (target != null) {
            target.owned.add(storage);
        }
    }

    /** Whether this very scope owns the storage. */
    public boolean owns(Storage storage) {
        return storage.owner == this;
    }

    /**
     * Gives one storage of this scope back early. For walkers and planners, which know its last use; anything still
     * referring to it fails with a sentence when used.
     */
    public void discard(Storage storage) {
        if (owns(storage) && owned.remove(storage)) {
            storage.owner = null;
            storage.release();
        }
    }

    /** Storages this scope owns now. */
    public int size() {
        return owned.size();
    }

    static Storage register(Storage storage) {
        Scope scope = INNERMOST.get();
        if (scope != null) {
            storage.owner = scope;
            scope.owned.add(storage);
        }
        return storage;
    }

    @Override
    public void close() {
        if (INNERMOST.get() != this) {
            throw new IllegalStateException("scopes must be closed innermost first, by the thread that opened them");
        }
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
        for (Storage storage : owned) {
            storage.owner = null;
            storage.release();
        }
        owned.clear();
    }
}
