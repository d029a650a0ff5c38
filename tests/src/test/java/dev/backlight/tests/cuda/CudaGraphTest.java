package dev.backlight.tests.cuda;

import static dev.backlight.engine.op.Ops.mul;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Replay;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Activation;
import dev.backlight.engine.nn.BatchNormalization;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.sweep.Replays;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Programs as graphs: from the second run on, over memory that stays where it is. */
class CudaGraphTest {
    private static final int RUNS = 4;

    /** Says when a program could not be prepared; held here, as loggers that nobody refers to lose their handlers. */
    private static final Logger PREPARATIONS = Logger.getLogger("dev.backlight.engine.program.Preparations");

    private static Backend cuda;

    @BeforeAll
    static void open() {
        cuda = Devices.cuda();
    }

    private static Layer network() {
        Layer network = new Sequential(
                Convolution.square(3, 5, 3, 1, 1),
                new BatchNormalization(5),
                Activation.relu(),
                Convolution.square(5, 4, 3, 2, 1));
        network.initialise(cuda, DType.F32, 3);
        return network;
    }

    private static Tensor image(int batch, long seed) {
        return Tensor.random(cuda, DType.F32, Shape.of(batch, 3, 7, 9), Primitive.Distribution.NORMAL, seed);
    }

    private static void assertFollows(Layer network, UnaryOperator<Tensor> replayed, String what) {
        for (int run = 0; run < RUNS; run++) {
            try (Scope scope = Scope.open()) {
                Tensor x = image(2, run);
                Replays.assertSameBits(List.of(network.apply(x)), List.of(replayed.apply(x)), what + ", run " + run);
            }
        }
    }

    @Test
    void aGraphFollowsItsInputsAndItsWeights() {
        Layer network = network();
        UnaryOperator<Tensor> replayed = Replay.of(network::apply);
        assertFollows(network, replayed, "first weights");
        network.parameters().forEach(weight -> weight.assign(mul(weight.value(), 0.5)));
        assertFollows(network, replayed, "after a step");
        network.initialise(cuda, DType.F32, 7);
        assertFollows(network, replayed, "after loading others");
    }

    @Test
    void resultsOutliveTheNextRun() {
        Layer network = network();
        try (Scope scope = Scope.open()) {
            UnaryOperator<Tensor> replayed = Replay.of(network::apply);
            for (int run = 0; run < RUNS; run++) {
                Tensor first = replayed.apply(image(1, run));
                double[] before = first.toDoubles();
                var _ = replayed.apply(image(1, 100 + run));
                Replays.assertSameBits(
                        List.of(Tensor.of(cuda, first.shape(), toFloats(before))), List.of(first), "run " + run);
            }
        }
    }

    private static float[] toFloats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** A graph's selections, and results that are an input or a constant. */
    @Test
    void everySelectionHasItsOwnGraph() {
        try (Scope scope = Scope.open()) {
            Tensor weight = Tensor.full(cuda, DType.F32, Shape.of(2, 3), 4);
            TensorProgram program;
            try (Recording recording = Recording.open()) {
                Tensor x = recording.input(cuda, DType.F32, Shape.of(2, 3));
                Tensor y = Ops.add(Ops.exp(x), weight);
                program = recording.program(List.of(y, Ops.sum(y), x, mul(weight, 2)));
            }
            for (int run = 0; run < RUNS; run++) {
                Tensor x = Tensor.full(cuda, DType.F32, Shape.of(2, 3), run);
                Tensor y = Ops.add(Ops.exp(x), weight);
                Replays.assertSameBits(List.of(y, Ops.sum(y), x, mul(weight, 2)), program.run(List.of(x)), "all");
                Replays.assertSameBits(List.of(Ops.sum(y)), program.run(List.of(x), 1), "the sum");
                Replays.assertSameBits(List.of(x, y), program.run(List.of(x), 2, 0), "input and result");
            }
        }
    }

    @Test
    void aLoopOfGraphLaunchesTakesNoMoreMemory() {
        Layer network = network();
        UnaryOperator<Tensor> replayed = Replay.of(network::apply);
        assertFollows(network, replayed, "warm-up");
        BufferPool.Statistics before = cuda.pool().statistics();
        assertFollows(network, replayed, "loop");
        assertEquals(before, cuda.pool().statistics());
    }

    @Test
    void whatCannotBecomeAGraphRunsStepByStep() {
        Emulator.set("graphs", "refused");
        List<String> said = new ArrayList<>();
        Handler handler = handler(said);
        PREPARATIONS.addHandler(handler);
        try (Scope scope = Scope.open()) {
            Layer network = network();
            UnaryOperator<Tensor> replayed = Replay.of(network::apply);
            Tensor x = image(2, 1);
            double[] expected = replayed.apply(x).toDoubles();
            List<Long> before = held();
            assertEquals(List.of(), said, "the first run is step by step in any case");
            for (int run = 1; run < RUNS; run++) {
                try (Scope inner = Scope.open()) {
                    assertArrayEquals(expected, replayed.apply(x).toDoubles(), "run " + run);
                }
            }
            assertEquals(1, said.size(), said::toString);
            assertTrue(said.getFirst().contains("make a recorded graph ready"), said::toString);
            assertEquals(before, held(), "what the refusal leaves");
            assertFollows(network, Replay.of(network::apply), "without graphs");
        } finally {
            PREPARATIONS.removeHandler(handler);
            Emulator.set("graphs", "");
        }
    }

    /** Blocks and bytes in use, and pieces of the device's memory. */
    private static List<Long> held() {
        cuda.pool().trim();
        BufferPool.Statistics now = cuda.pool().statistics();
        return List.of(now.liveBlocks(), now.liveBytes(), Emulator.allocations());
    }

    private static Handler handler(List<String> said) {
        return new Handler() {
            @Override
            public void publish(LogRecord entry) {
                said.add(new SimpleFormatter().formatMessage(entry));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    @Test
    void aGraphWhoseWeightsAreGoneIsRefused() {
        TensorProgram program;
        try (Scope scope = Scope.open()) {
            Tensor weight = Tensor.full(cuda, DType.F32, Shape.of(3), 4);
            try (Recording recording = Recording.open()) {
                Tensor x = recording.input(cuda, DType.F32, Shape.of(3));
                program = recording.program(List.of(mul(x, weight)));
            }
            Tensor x = Tensor.full(cuda, DType.F32, Shape.of(3), 1);
            for (int run = 0; run < RUNS; run++) {
                program.run(List.of(x));
            }
        }
        Tensor x = Tensor.full(cuda, DType.F32, Shape.of(3), 1);
        assertThrows(DeviceException.class, () -> program.run(List.of(x)));
    }
}
