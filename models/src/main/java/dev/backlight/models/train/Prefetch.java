package dev.backlight.models.train;

import java.util.Iterator;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntFunction;

/** Makes items on a thread of its own, a few ahead of who takes them, in order. */
final class Prefetch<T> implements Iterator<T>, AutoCloseable {
    private static final int AHEAD = 3;

    private final BlockingQueue<CompletableFuture<T>> made = new ArrayBlockingQueue<>(AHEAD);
    private final Thread maker;
    private final int count;
    private int next;

    /** Items {@code first} to {@code count − 1}. */
    Prefetch(int first, int count, IntFunction<T> make) {
        this.count = count;
        this.next = first;
        maker = Thread.ofPlatform().daemon().name("backlight-batches").start(() -> {
            try {
                for (int i = first; i < count; i++) {
                    made.put(attempt(make, i));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // closed: nobody waits for the rest
            }
        });
    }

    private static <T> CompletableFuture<T> attempt(IntFunction<T> make, int i) {
        try {
            return CompletableFuture.completedFuture(make.apply(i));
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public boolean hasNext() {
        return next < count;
    }

    /** The next item; what its making threw is thrown here. */
    @Override
    public T next() {
        try {
            next++;
            return made.take().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a batch");
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    @Override
    public void close() {
        maker.interrupt();
    }
}
