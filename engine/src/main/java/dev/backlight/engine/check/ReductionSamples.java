package dev.backlight.engine.check;

import static dev.backlight.engine.check.OpSample.sample;
import static dev.backlight.engine.check.SampleInput.distinct;
import static dev.backlight.engine.check.SampleInput.uniform;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.ArgMax;
import dev.backlight.engine.op.BroadcastTo;
import dev.backlight.engine.op.Extremum;
import dev.backlight.engine.op.Linear;
import dev.backlight.engine.op.LogSumExp;
import dev.backlight.engine.op.MatMul;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.op.SumTo;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** Reductions over some, inner, outer and all axes, and matrix products. */
final class ReductionSamples {
    private ReductionSamples() {}

    static List<OpSample> all() {
        return List.of(
                sample("sum of all", SumTo.class, in -> Ops.sum(in.getFirst()), cube()),
                sample("sum of the middle axis", SumTo.class, in -> Ops.sum(in.getFirst(), 1), cube()),
                sample("sum keeping outer axes", SumTo.class, in -> Ops.sumKeeping(in.getFirst(), 0, -1), cube()),
                sample("mean", SumTo.class, in -> Ops.mean(in.getFirst(), 0, 2), cube()),
                sample(
                        "broadcastTo",
                        BroadcastTo.class,
                        in -> Ops.broadcastTo(in.getFirst(), Shape.of(2, 3, 4)),
                        column()),
                sample("max of all", Extremum.class, in -> Ops.max(in.getFirst()), distinct(2, 3, 4)),
                sample("max", Extremum.class, in -> Ops.max(in.getFirst(), 0, 2), distinct(2, 3, 4)),
                sample("min", Extremum.class, in -> Ops.minKeeping(in.getFirst(), 1), distinct(2, 3, 4)),
                sample(
                        "max with ties",
                        Extremum.class,
                        in -> Ops.max(Shapes.tile(in.getFirst(), 1, 3), 1),
                        distinct(2, 4)),
                sample("logSumExp", LogSumExp.class, in -> Ops.logSumExp(in.getFirst(), 1), cube()),
                sample("logSumExp of all", LogSumExp.class, in -> Ops.logSumExp(in.getFirst()), cube()),
                sample(
                        "argMax",
                        ArgMax.class,
                        in -> Ops.mul(
                                Ops.cast(
                                        Ops.argMax(in.getFirst(), 1),
                                        in.getFirst().dtype()),
                                1),
                        distinct(2, 3, 4)));
    }

    static List<OpSample> products() {
        return List.of(
                sample("matmul", MatMul.class, ReductionSamples::matmul, uniform(-2, 2, 3, 5), uniform(-1, 1, 5, 2)),
                sample(
                        "matmul of stacks",
                        MatMul.class,
                        ReductionSamples::matmul,
                        uniform(-2, 2, 2, 3, 5),
                        uniform(-1, 1, 2, 5, 2)),
                sample(
                        "matmul, one right matrix",
                        MatMul.class,
                        ReductionSamples::matmul,
                        uniform(-2, 2, 2, 3, 5),
                        uniform(-1, 1, 5, 2)),
                sample(
                        "matmul, one left matrix",
                        MatMul.class,
                        ReductionSamples::matmul,
                        uniform(-2, 2, 3, 5),
                        uniform(-1, 1, 2, 5, 2)),
                sample(
                        "matmul, stretched stacks",
                        MatMul.class,
                        ReductionSamples::matmul,
                        uniform(-2, 2, 2, 1, 3, 2),
                        uniform(-1, 1, 3, 2, 2)),
                sample(
                        "matmul, both transposed",
                        MatMul.class,
                        in -> new MatMul(true, true).on(in.get(0), in.get(1)),
                        uniform(-2, 2, 2, 5, 3),
                        uniform(-1, 1, 2, 2, 5)),
                sample(
                        "matmul, right transposed",
                        MatMul.class,
                        in -> new MatMul(false, true).on(in.get(0), in.get(1)),
                        uniform(-2, 2, 1, 3, 5),
                        uniform(-1, 1, 2, 2, 5)),
                sample(
                        "matmul, left transposed",
                        MatMul.class,
                        in -> new MatMul(true, false).on(in.get(0), in.get(1)),
                        uniform(-2, 2, 2, 5, 3),
                        uniform(-1, 1, 1, 5, 2)),
                sample(
                        "linear",
                        Linear.class,
                        in -> Ops.linear(in.get(0), in.get(1), in.get(2)),
                        uniform(-2, 2, 3, 5),
                        uniform(-1, 1, 4, 5),
                        uniform(-1, 1, 4)),
                sample(
                        "linear without bias",
                        Linear.class,
                        in -> Ops.linear(in.get(0), in.get(1), null),
                        uniform(-2, 2, 2, 2, 5),
                        uniform(-1, 1, 4, 5)));
    }

    private static Tensor matmul(List<Tensor> in) {
        return Ops.matmul(in.get(0), in.get(1));
    }

    private static SampleInput cube() {
        return uniform(-2, 2, 2, 3, 4);
    }

    private static SampleInput column() {
        return uniform(-2, 2, 3, 1);
    }
}
