package dev.backlight.kernels.common;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the chunks of a loop on a fixed set of threads, the caller being one of them. Each begins with chunks of its own, neighbours of
 * each other, and then helps the others ({@link Shares}). A helper that has run out of work waits a few microseconds for the next loop,
 * since kernels follow each other closely, and is then parked. A loop started inside a chunk, or while another thread's loop is running,
 * runs in line, so nesting neither deadlocks nor multiplies threads.
 *
 * <p>Which thread runs which chunk varies; callers keep results independent of it by letting chunks write disjoint places and
 * by combining partial sums in chunk order.
 *
 * <p>The threads end when it is closed, or when nobody refers to it any more.
 */
public final class Parallel implements AutoCloseable {
    /** Spins before the caller parks: the last chunks usually end within microseconds of each other. */
    private static final int SPINS = 2_000;

    /** How long a helper waits awake: waking a parked thread takes about as long. */
    private static final long AWAKE_NANOS = 40_000;

    private static final Cleaner CLEANER = Cleaner.create();

    private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

    private final int threads;
    private final Helper[] helpers;
    private final Cleaner.Cleanable ending;
    private final AtomicBoolean isBusy = new AtomicBoolean();

    /** As many threads as the machine has processors. */
    public Parallel() {
        this(Runtime.getRuntime().availableProcessors());
    }

    /** @throws IllegalArgumentException if {@code threads} is below 1 */
    public Parallel(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("Expected at least 1 thread, found " + threads + ".");
        }
        this.threads = threads;
        this.helpers = new Helper[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(i + 1);
            Thread.ofPlatform().daemon().name("backlight-" + (i + 1)).start(helpers[i]);
        }
        this.ending = CLEANER.register(this, ending(helpers));
    }

    /** Static, so as not to refer to what is to be found unreachable. */
    private static Runnable ending(Helper[] helpers) {
        return () -> {
            for (Helper helper : helpers) {
                helper.end();
            }
        };
    }

    public int threads() {
        return threads;
    }

    /**
     * Calls {@code body} once for each of 0 … chunks−1 and returns when all calls have ended. After a chunk has thrown, chunks
     * not yet begun are skipped and the first exception is thrown here.
     */
    public void forEach(int chunks, IntConsumer body) {
        boolean isAlone = helpers.length == 0 || chunks <= 1 || INSIDE.get() || !isBusy.compareAndSet(false, true);
        if (isAlone) {
            for (int i = 0; i < chunks; i++) {
                body.accept(i);
            }
            return;
        }
        try {
            int atWork = Math.min(threads, chunks);
            Region region = new Region(chunks, atWork, body);
            for (int i = atWork - 2; i >= 0; i--) {
                helpers[i].offer(region);
            }
            region.run(0);
            region.await();
        } finally {
            isBusy.set(false);
        }
    }

    /** Ends the helper threads once their work is done; later loops run in line. */
    @Override
    public void close() {
        isBusy.set(true);
        ending.clean();
    }

    /** A thread that takes part in the loops offered to it. */
    private static final class Helper implements Runnable {
        private final int thread;
        private final AtomicReference<@Nullable Region> offered = new AtomicReference<>();
        private volatile @Nullable Thread parked;
        private volatile boolean isOver;

        Helper(int thread) {
            this.thread = thread;
        }

        void offer(Region region) {
            offered.set(region);
            wake();
        }

        void end() {
            isOver = true;
            wake();
        }

        private void wake() {
            Thread sleeper = parked;
            if (sleeper != null) {
                LockSupport.unpark(sleeper);
            }
        }

        @Override
        public void run() {
            long awakeUntil = System.nanoTime() + AWAKE_NANOS;
            while (!isOver) {
                Region region = offered.get();
                if (region != null) {
                    offered.compareAndSet(region, null);
                    region.run(thread);
                    awakeUntil = System.nanoTime() + AWAKE_NANOS;
                } else if (System.nanoTime() - awakeUntil < 0) {
                    Thread.onSpinWait();
                } else {
                    park();
                }
            }
        }

        /** Says that it sleeps before it looks a last time, so that no offer is missed in between. */
        private void park() {
            parked = Thread.currentThread();
            if (offered.get() == null && !isOver) {
                LockSupport.park(this);
            }
            parked = null;
        }
    }

    /** One loop: threads take chunks until none is left. */
    private static final class Region {
        private final IntConsumer body;
        private final Thread caller = Thread.currentThread();
        private final Shares shares;
        private final AtomicInteger unfinished;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Region(int chunks, int threads, IntConsumer body) {
            this.shares = new Shares(chunks, threads);
            this.body = body;
            this.unfinished = new AtomicInteger(chunks);
        }

        void run(int thread) {
            INSIDE.set(true);
            int done = 0;
            for (int i = shares.take(thread); i >= 0; i = shares.take(thread)) {
                runChunk(i);
                done++;
            }
            INSIDE.set(false);
            if (done > 0 && unfinished.addAndGet(-done) == 0) {
                LockSupport.unpark(caller);
            }
        }

        private void runChunk(int i) {
            try {
                if (failure.get() == null) {
                    body.accept(i);
                }
            } catch (Throwable thrown) {
                failure.compareAndSet(null, thrown);
            }
        }

        void await() {
            for (int spin = 0; unfinished.get() > 0; spin++) {
                if (spin < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
            switch (failure.get()) {
                case null -> {}
                case RuntimeException thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case Throwable thrown -> throw new IllegalStateException(thrown);
            }
        }
    }
}
