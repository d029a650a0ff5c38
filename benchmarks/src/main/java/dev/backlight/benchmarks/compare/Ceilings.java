package dev.backlight.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the machine can do at most.
 *
 * @param gigaflops fused multiply-adds on registers, two operations each
 * @param gigabytes per second of a triad {@code a = b + s·c} over arrays that fit no cache, three streams
 */
public record Ceilings(int threads, double gigaflops, double gigabytes) {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int ROUNDS = 30;
    private static final int STEPS = 4_000_000;
    private static final int CHAINS = 12;
    private static final int STREAM = 16 << 20;

    /** Measures both, in the best of some rounds. */
    static Ceilings measure(int threads) throws InterruptedException, ExecutionException {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            double flop = 2.0 * CHAINS * SPECIES.length() * STEPS;
            double gigaflops = best(pool, threads, flop, () -> Ceilings::multiplyAdds);
            double bytes = 3.0 * Float.BYTES * STREAM;
            double gigabytes = best(pool, threads, bytes, () -> {
                float[] a = new float[STREAM];
                float[] b = new float[STREAM];
                float[] c = new float[STREAM];
                return () -> triad(a, b, c);
            });
            return new Ceilings(threads, gigaflops, gigabytes);
        }
    }

    double boundMilliseconds(LayerTime layer) {
        return Math.max(layer.work().flop() / gigaflops, layer.work().bytes() / gigabytes) / 1e6;
    }

    boolean isComputeBound(LayerTime layer) {
        return layer.work().flop() / gigaflops > layer.work().bytes() / gigabytes;
    }

    private static double best(ExecutorService pool, int threads, double work, Supplier<Callable<Float>> maker)
            throws InterruptedException, ExecutionException {
        List<Callable<Float>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            tasks.add(maker.get());
        }
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (Future<Float> done : pool.invokeAll(tasks)) {
                done.get();
            }
            best = Math.max(best, threads * work / (System.nanoTime() - start));
        }
        return best;
    }

    /** Twelve chains hide the latency of two units. */
    private static float multiplyAdds() {
        FloatVector x = FloatVector.broadcast(SPECIES, 0.999f);
        FloatVector y = FloatVector.broadcast(SPECIES, 0.001f);
        FloatVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int step = 0; step < STEPS; step++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
            k = k.fma(x, y);
            l = l.fma(x, y);
        }
        return a.add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(f)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l)
                .lane(0);
    }

    private static float triad(float[] a, float[] b, float[] c) {
        for (int i = 0; i < a.length; i++) {
            a[i] = b[i] + 3f * c[i];
        }
        return a[a.length / 2];
    }
}
