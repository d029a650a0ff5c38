package dev.backlight.benchmarks;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A backend that passes everything on and keeps account of the time that each kind of primitive, by shapes, takes. What could
 * be executed together is executed one by one, so that each has a time: a longer one, since it reads from memory what it
 * would have found in the cache.
 */
public class ProfilingBackend implements Backend {
    private record Account(PrimitiveWork work, long calls, long nanoseconds) {
        Account and(Account other) {
            return new Account(work, calls + other.calls, nanoseconds + other.nanoseconds);
        }

        double gigaflops() {
            return work.flop() * calls / nanoseconds;
        }
    }

    private final Backend inner;
    private final Map<String, Account> accounts = new HashMap<>();

    public ProfilingBackend(Backend inner) {
        this.inner = inner;
    }

    /** Forgets everything measured so far, for instance a warm-up. */
    public void reset() {
        accounts.clear();
    }

    /** Prints the accounts, the most expensive first. */
    public void report(PrintStream out, int rows) {
        long total = accounts.values().stream().mapToLong(Account::nanoseconds).sum();
        out.printf(Locale.ROOT, "total %.1f ms%n", total / 1e6);
        accounts.values().stream()
                .sorted((a, b) -> Long.compare(b.nanoseconds, a.nanoseconds))
                .limit(rows)
                .forEach(account -> out.printf(
                        Locale.ROOT,
                        "%6.1f %%  %8.2f ms  %5d calls  %6.1f GFLOP/s  %s%n",
                        100.0 * account.nanoseconds / total,
                        account.nanoseconds / 1e6,
                        account.calls,
                        account.gigaflops(),
                        account.work.what()));
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public BufferPool pool() {
        return inner.pool();
    }

    @Override
    public int channelBlock() {
        return inner.channelBlock();
    }

    @Override
    public void execute(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        long start = System.nanoTime();
        inner.execute(primitive, inputs, output);
        inner.synchronize();
        account(primitive, inputs, output, System.nanoTime() - start);
    }

    /** Takes down what an execution took. */
    protected void account(Primitive primitive, List<DeviceArray> inputs, DeviceArray output, long nanoseconds) {
        PrimitiveWork work = PrimitiveWork.of(primitive, inputs, output);
        accounts.merge(work.what(), new Account(work, 1, nanoseconds), Account::and);
    }

    @Override
    public void upload(Object source, int sourceOffset, Buffer target) {
        inner.upload(source, sourceOffset, target);
    }

    @Override
    public void download(Buffer source, Object target, int targetOffset) {
        inner.download(source, target, targetOffset);
    }

    @Override
    public void synchronize() {
        inner.synchronize();
    }
}
