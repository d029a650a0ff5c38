package dev.backlight.kernels.vector;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sum;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Replay;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.check.OpCatalogue;
import dev.backlight.engine.check.OpSample;
import dev.backlight.engine.nn.Activation;
import dev.backlight.engine.nn.BatchNormalization;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.MaxPooling;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.sweep.Replays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A replayed program gives the bits of eager execution, on every backend. */
class ReplayTest {
    private static final List<Backend> BACKENDS =
            List.of(new VectorBackend(2, VectorBackend.SMALLEST_PIECE), new ReferenceBackend());

    static Stream<OpSample> samples() {
        return OpCatalogue.samples().stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyOpAndItsDerivativesReplayToTheSameBits(OpSample sample) {
        for (Backend backend : BACKENDS) {
            Replays.check(sample, backend);
        }
    }

    /** Convolutions, normalisation, a residual, rectifiers and a pool: everything that fuses. */
    private static final class Block extends Layer {
        private final Layer first = child("first", unit(3, 13, 1));
        private final Layer second = child("second", unit(13, 13, 1));
        private final Layer last = child("last", unit(13, 20, 2));
        private final Layer pool = child("pool", new MaxPooling(WindowGeometry.square(2, 2, 0)));

        private static Layer unit(int in, int out, int stride) {
            return new Sequential(Convolution.square(in, out, 3, stride, 1), new BatchNormalization(out));
        }

        @Override
        protected Tensor forward(Tensor x, Pass pass) {
            Tensor a = Neural.relu(first.apply(x, pass));
            Tensor b = Neural.relu(add(second.apply(a, pass), a));
            return pool.apply(Neural.relu(last.apply(b, pass)), pass);
        }
    }

    private static Layer block(Backend backend) {
        Layer block = new Block();
        block.initialise(backend, DType.F32, 3);
        return block;
    }

    private static Tensor image(Backend backend, int batch, int side, long seed) {
        return Tensor.random(backend, DType.F32, Shape.of(batch, 3, side, side), Primitive.Distribution.NORMAL, seed);
    }

    private static Tensor inputGradient(Layer network, Tensor x) {
        Tape tape = new Tape();
        Tensor leaf = tape.watch(x);
        return tape.gradient(sum(Ops.square(network.apply(leaf))), leaf);
    }

    @Test
    void aNetworkAndItsGradientReplayToTheSameBitsForEveryShape() {
        for (Backend backend : BACKENDS) {
            Layer network = block(backend);
            UnaryOperator<Tensor> forward = Replay.of(network::apply);
            UnaryOperator<Tensor> gradient = Replay.of(x -> inputGradient(network, x));
            for (int side : new int[] {9, 16, 23, 9, 12, 40, 9}) {
                try (Scope scope = Scope.open()) {
                    Tensor x = image(backend, 2, side, side);
                    String what = backend.name() + ", side " + side;
                    Replays.assertSameBits(List.of(network.apply(x)), List.of(forward.apply(x)), what);
                    Replays.assertSameBits(List.of(inputGradient(network, x)), List.of(gradient.apply(x)), what);
                }
            }
        }
    }

    @Test
    void aProgramFollowsWeightsThatChange() {
        for (Backend backend : BACKENDS) {
            Layer network = block(backend);
            try (Scope scope = Scope.open()) {
                Tensor x = image(backend, 1, 12, 1);
                UnaryOperator<Tensor> forward = Replay.of(network::apply);
                var _ = forward.apply(x);
                network.parameters().forEach(weight -> weight.assign(mul(weight.value(), 0.5)));
                Replays.assertSameBits(List.of(network.apply(x)), List.of(forward.apply(x)), backend.name());
            }
        }
    }

    @Test
    void aProgramFollowsWeightsThatAreLoaded() {
        for (Backend backend : BACKENDS) {
            Layer network = block(backend);
            try (Scope scope = Scope.open()) {
                Tensor x = image(backend, 1, 12, 1);
                UnaryOperator<Tensor> forward = Replay.of(network::apply);
                var _ = forward.apply(x);
                network.initialise(backend, DType.F32, 7);
                Replays.assertSameBits(List.of(network.apply(x)), List.of(forward.apply(x)), backend.name());
            }
        }
    }

    @Test
    void aProgramOfANetworkThatHasMovedIsRecordedAnew() {
        Backend first = BACKENDS.getFirst();
        Layer network = block(first);
        try (Scope scope = Scope.open()) {
            Tensor x = image(first, 1, 12, 1);
            UnaryOperator<Tensor> forward = Replay.of(network::apply);
            TensorProgram program;
            try (Recording recording = Recording.open()) {
                program = recording.program(List.of(network.apply(recording.inputLike(x))));
            }
            var _ = forward.apply(x);
            network.to(BACKENDS.getLast(), DType.F32);
            network.to(first, DType.F32);
            network.parameters().forEach(weight -> weight.assign(mul(weight.value(), 0.5)));
            Replays.assertSameBits(List.of(network.apply(x)), List.of(forward.apply(x)), "replayed after the move");
            assertThrows(DeviceException.class, () -> program.run(List.of(x)));
        }
    }

    @Test
    void whatCannotFitIsRefusedBeforeItRuns() {
        Backend backend = BACKENDS.getFirst();
        int most = 1 << 30;
        long needed = 2 * Runtime.getRuntime().maxMemory() / Double.BYTES;
        Shape large = Shape.of((int) (needed / most) + 1, most);
        try (Scope scope = Scope.open()) {
            Tensor x = Tensor.full(backend, DType.F64, Shape.of(1, 1), 1);
            UnaryOperator<Tensor> function = Replay.of(t -> sum(Ops.sum(Ops.broadcastTo(t, large), 0)));
            DeviceMemoryException refusal = assertThrows(DeviceMemoryException.class, () -> function.apply(x));
            assertTrue(String.valueOf(refusal.getMessage()).contains("use a smaller batch"), refusal.toString());
        }
    }

    @Test
    void frozenNetworksRunAsConvolutionsWithEpilogues() {
        Backend backend = BACKENDS.getFirst();
        Layer network = block(backend);
        try (Scope scope = Scope.open();
                Recording recording = Recording.open()) {
            Tensor x = recording.input(backend, DType.F32, Shape.of(1, 3, 16, 16));
            TensorProgram program = recording.program(List.of(network.apply(x)));
            // three convolutions, the pool's indices and its gathering
            assertEquals(5, program.size());
        }
    }

    @Test
    void intermediateResultsShareMemory() {
        Backend backend = BACKENDS.getFirst();
        try (Scope scope = Scope.open();
                Recording recording = Recording.open()) {
            Tensor x = recording.input(backend, DType.F32, Shape.of(1, 4, 32, 32));
            Tensor y = x;
            for (int i = 0; i < 20; i++) {
                Tensor w = Tensor.random(backend, DType.F32, Shape.of(4, 4, 3, 3), Primitive.Distribution.NORMAL, i);
                y = new Sequential(Activation.relu()).apply(new Conv2d(WindowGeometry.square(3, 1, 1), 1).on(y, w));
            }
            long one = x.shape().elements() * 4;
            assertTrue(recording.program(List.of(y)).bytes() <= 2 * one, "more than two images in flight");
        }
    }

    @Test
    void onlyWhatIsWantedIsComputed() {
        Backend backend = BACKENDS.getFirst();
        try (Scope scope = Scope.open()) {
            Tensor x = image(backend, 1, 8, 1);
            TensorProgram program;
            try (Recording recording = Recording.open()) {
                Tensor in = recording.inputLike(x);
                Tensor doubled = mul(in, 2);
                program = recording.program(List.of(doubled, sum(doubled), add(in, in)));
            }
            List<Tensor> some = program.run(List.of(x), 2, 1);
            Replays.assertSameBits(List.of(add(x, x), sum(mul(x, 2))), some, "the third and the second");
        }
    }

    @Test
    void anArrayInsideAnotherIsAnInputToo() {
        Backend backend = BACKENDS.getFirst();
        try (Scope scope = Scope.open()) {
            Tensor whole = image(backend, 3, 8, 1);
            UnaryOperator<Tensor> square = Replay.of(Ops::square);
            for (int n = 0; n < 3; n++) {
                Tensor one = Ops.slice(whole, 0, n, n + 1);
                Replays.assertSameBits(List.of(Ops.square(one)), List.of(square.apply(one)), "slice " + n);
            }
        }
    }

    @Test
    void readingNumbersWhileRecordingIsRefused() {
        Backend backend = BACKENDS.getFirst();
        try (Scope scope = Scope.open();
                Recording recording = Recording.open()) {
            Tensor x = recording.input(backend, DType.F32, Shape.of(2));
            Tensor y = mul(x, x);
            DeviceException refusal = assertThrows(DeviceException.class, y::toFloats);
            assertTrue(String.valueOf(refusal.getMessage()).contains("has no numbers yet"), refusal.toString());
        }
    }

    @Test
    void aProgramLeavesNothingBehindWhenItsScopeEnds() {
        Backend backend = new VectorBackend(1);
        Layer network = block(backend);
        long before = backend.pool().statistics().liveBytes();
        try (Scope scope = Scope.open()) {
            UnaryOperator<Tensor> gradient = Replay.of(x -> inputGradient(network, x));
            for (int i = 0; i < 5; i++) {
                try (Scope run = Scope.open()) {
                    var _ = gradient.apply(image(backend, 1, 8 + 4 * i, i));
                }
            }
        }
        assertEquals(before, backend.pool().statistics().liveBytes());
    }
}
