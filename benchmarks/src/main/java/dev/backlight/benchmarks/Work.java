package dev.backlight.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Counts arithmetic, so that a benchmark in throughput mode reports GFLOP/s beside its rate of calls. */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Work {
    /** Floating-point operations done, in 10⁹; a multiply-add is two. */
    public double gflop;
}
