package dev.backlight.benchmarks;

import dev.backlight.kernels.vector.Gemm;
import dev.backlight.kernels.vector.Matrix;
import dev.backlight.kernels.vector.Parallel;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Square matrix products in single precision. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before it measures
public class SgemmBenchmark {
    @Param({"1024", "2048"})
    public int size;

    @Param({"1", "2"})
    public int threads;

    private Parallel parallel;
    private Gemm gemm;
    private Matrix a;
    private Matrix b;
    private Matrix c;

    @Setup
    public void setup() {
        parallel = new Parallel(threads);
        gemm = new Gemm(parallel);
        a = square(1);
        b = square(2);
        c = square(3);
    }

    @TearDown
    public void tearDown() {
        parallel.close();
    }

    private Matrix square(long seed) {
        return Matrix.rowMajor(Samples.uniform(new SplittableRandom(seed), size * size), 0, size);
    }

    @Benchmark
    public float[] product(Work work) {
        gemm.multiply(size, size, size, a, b, c, false);
        work.gflop += 2e-9 * size * size * size;
        return c.data();
    }
}
