package dev.backlight.benchmarks;

import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Workload;
import org.openjdk.jmh.annotations.Param;

/** Whole steps of training a learned rule: three logits per activation, the complement in the loss, and Adam. */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters in
public class LearnedRuleStepBenchmark extends JobBenchmark {
    @Param({"backlight", "pytorch"})
    public String contestant;

    @Param({"resnet18", "resnet50"})
    public String network;

    @Param({"1"})
    public int batch;

    @Override
    protected Job job() {
        return new Job(Workload.LEARNED_RULE_STEP, network, batch, 224, threads);
    }

    @Override
    protected String contestant() {
        return contestant;
    }
}
