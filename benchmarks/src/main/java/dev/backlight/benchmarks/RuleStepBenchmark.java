package dev.backlight.benchmarks;

import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Workload;
import org.openjdk.jmh.annotations.Param;

/** Steps of training a propagation rule. */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters in
public class RuleStepBenchmark extends JobBenchmark {
    @Param({"backlight", "pytorch"})
    public String contestant;

    @Param({"resnet18", "resnet50", "vgg16", "densenet121"})
    public String network;

    @Param({"1", "8"})
    public int batch;

    @Override
    protected Job job() {
        return new Job(Workload.RULE_STEP, network, batch, 224, threads);
    }

    @Override
    protected String contestant() {
        return contestant;
    }
}
