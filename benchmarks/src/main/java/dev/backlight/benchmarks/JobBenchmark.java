package dev.backlight.benchmarks;

import dev.backlight.benchmarks.contest.Agreement;
import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Entry;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Subject;
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

/**
 * A workload done by one contestant per fork, each held to Backlight's results before it is timed; for the peers, build with
 * the profile {@code peers}. Tables come from {@code benchmarks/compare}, where contestants take turns.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before it measures
public abstract class JobBenchmark {
    @Param({"1", "2"})
    public int threads;

    private Entry entry;
    private double gflop;

    /** The job under the parameters. */
    protected abstract Job job();

    /** The name of the one who does it. */
    protected abstract String contestant();

    @Setup
    public void setup() {
        Job job = job();
        gflop = Subject.gflop(job);
        entry = Contestants.named(contestant()).enter(job);
        if (!contestant().equals(Contestants.BACKLIGHT)) {
            try (Entry own = Contestants.named(Contestants.BACKLIGHT).enter(job)) {
                Agreement.require(job.workload(), contestant(), entry.results(), own.results());
            }
        }
    }

    @TearDown
    public void tearDown() {
        entry.close();
    }

    @Benchmark
    public void run(Work work) {
        entry.run();
        work.gflop += gflop;
    }
}
