package dev.backlight.benchmarks;

import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Workload;
import org.openjdk.jmh.annotations.Param;

/** Square matrix products in single precision. */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters in
public class SgemmBenchmark extends JobBenchmark {
    @Param({"backlight", "openblas", "nd4j"})
    public String contestant;

    @Param({"1024", "2048", "4096"})
    public String size;

    @Override
    protected Job job() {
        return new Job(Workload.MATRIX_PRODUCT, size, 1, 1, threads);
    }

    @Override
    protected String contestant() {
        return contestant;
    }
}
