package dev.backlight.benchmarks.gpu;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.backend.PreparedRun;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.cuda.DeviceTimer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Runs kernel cases by the device's clock. */
final class KernelTimes {
    private static final int WARM_UP = 3;
    private static final int ROUNDS = 9;

    /** Runs between two readings of the clock: as one graph, so that the device does not wait for the host between them. */
    private static final int RUNS = 10;

    private final Backend backend;
    private final DeviceTimer timer;

    KernelTimes(Backend backend) {
        this.backend = backend;
        this.timer = DeviceTimer.of(backend);
    }

    /** Milliseconds of one run: the median of several rounds. */
    double milliseconds(KernelCase of) {
        return with(of, execution -> {
            execution.on(backend);
            if (!backend.prepares()) {
                return median(() -> {
                            for (int i = 0; i < RUNS; i++) {
                                execution.on(backend);
                            }
                        })
                        / RUNS;
            }
            try (PreparedRun runs = backend.prepare(Collections.nCopies(RUNS, execution))) {
                return median(runs::run) / RUNS;
            }
        });
    }

    /** Runs it once and waits. */
    void once(KernelCase of) {
        with(of, execution -> timer.milliseconds(() -> execution.on(backend)));
    }

    private double with(KernelCase of, ToDoubleFunction<Execution> use) {
        try (Scope scope = Scope.open()) {
            List<DeviceArray> inputs = new ArrayList<>();
            for (int i = 0; i < of.inputs().size(); i++) {
                inputs.add(input(of, i));
            }
            DeviceArray output = backend.allocate(of.type(), of.output());
            backend.execute(new Primitive.Fill(0), List.of(), output);
            return use.applyAsDouble(new Execution(of.primitive(), inputs, output));
        }
    }

    private DeviceArray input(KernelCase of, int number) {
        Shape shape = of.inputs().get(number);
        if (of.input(number) == DType.F32) {
            return Tensor.random(backend, DType.F32, shape, Primitive.Distribution.NORMAL, number + 1)
                    .array();
        }
        // In order along the last axis and evenly far apart, as the places of maxima are.
        long[] indices = new long[Math.toIntExact(shape.elements())];
        int count = shape.size(-1);
        Arrays.setAll(indices, i -> (long) (i % count) * of.places() / count);
        return Tensor.of(backend, shape, indices).array();
    }

    private double median(Runnable work) {
        for (int i = 0; i < WARM_UP; i++) {
            work.run();
        }
        double[] times = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            times[i] = timer.milliseconds(work);
        }
        Arrays.sort(times);
        return times[ROUNDS / 2];
    }
}
