package dev.backlight.benchmarks;

import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Workload;
import org.openjdk.jmh.annotations.Param;

/** Integrated gradients. */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters in
public class IntegratedGradientsBenchmark extends JobBenchmark {
    @Param({"backlight", "pytorch"})
    public String contestant;

    @Param({"resnet18"})
    public String network;

    @Param({"1"})
    public int batch;

    @Override
    protected Job job() {
        return new Job(Workload.INTEGRATED_GRADIENTS, network, batch, 224, threads);
    }

    @Override
    protected String contestant() {
        return contestant;
    }
}
