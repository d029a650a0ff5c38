package dev.backlight.kernels.vector;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.sweep.RandomGraph;
import dev.backlight.kernels.sweep.RandomNetwork;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Programs of seeded random graphs give the bits of eager execution: graphs in which results are read several times, whole and
 * in part, and in which some intermediate results are wanted as well.
 */
class RandomProgramTest {
    private static final int GRAPHS = 300;
    private static final int STEPS = 14;
    private static final int NETWORKS = 400;

    /** How often the sweep of networks must do what in blocks: somewhat less than was counted for blocks of 4, 8 and 16. */
    private static final Map<String, Integer> LEAST_IN_BLOCKS = Map.ofEntries(
            entry(BlockCounts.PARTS, 40),
            entry(BlockCounts.PER_PLANE, 35),
            entry("Embed", 15),
            entry("Concat", 30),
            entry("Nchwc Convolution", 150),
            entry("Nchwc Convolution with epilogue", 500),
            entry("Nchwc ConvolutionInputGradient with epilogue", 280),
            entry("Nchwc Fused", 55),
            entry("Nchwc MaxPoolIndices", 380),
            entry("Nchwc WindowSum", 18),
            entry("Nchwc WindowSumAdjoint", 8));

    static Stream<Backend> backends() {
        return Stream.of(
                new VectorBackend(2), new VectorBackend(2, VectorBackend.SMALLEST_PIECE), new ReferenceBackend());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void replayToTheSameBits(Backend backend) {
        for (long seed = 0; seed < GRAPHS; seed++) {
            try (Scope scope = Scope.open()) {
                RandomGraph graph = new RandomGraph(seed, STEPS);
                Tensor weights = random(backend, graph.weights(), seed);
                Tensor perChannel = random(backend, graph.perChannel(), seed + 1);
                Tensor x = random(backend, graph.images(), seed + 2);
                List<Tensor> eager = graph.on(x, weights, perChannel);
                TensorProgram program;
                try (Recording recording = Recording.open()) {
                    program = recording.program(graph.on(recording.inputLike(x), weights, perChannel));
                }
                var _ = program.run(List.of(Ops.mul(x, -1)));
                assertSame(eager, program.run(List.of(x)), "graph " + seed + " on " + backend.name());
                int one = (int) (seed % eager.size());
                assertSame(
                        List.of(eager.get(one)), program.run(List.of(x), one), "result " + one + " of graph " + seed);
            }
        }
    }

    /** Layers of networks, whose programs keep images in blocks of channels. */
    @Test
    void networksReplayToTheSameBits() {
        BlockCounts backend = new BlockCounts(new VectorBackend(2, VectorBackend.SMALLEST_PIECE));
        for (long seed = 0; seed < NETWORKS; seed++) {
            try (Scope scope = Scope.open()) {
                RandomNetwork network = new RandomNetwork(backend, seed, backend.channelBlock());
                Tensor x = network.images();
                Tensor constant = random(backend, x.shape(), seed + 3);
                List<Tensor> eager = network.withGradient(x, constant);
                TensorProgram program;
                try (Recording recording = Recording.open()) {
                    program = recording.program(network.withGradient(recording.inputLike(x), constant));
                }
                var _ = program.run(List.of(Ops.mul(x, -1)));
                assertSame(eager, program.run(List.of(x)), "network " + seed);
                int one = (int) (seed % eager.size());
                assertSame(List.of(eager.get(one)), program.run(List.of(x), one), "result " + one + " of " + seed);
            }
        }
        assertTrue(backend.count(BlockCounts.TOGETHER) >= 400, backend::toString);
        LEAST_IN_BLOCKS.forEach((kind, least) -> assertTrue(
                backend.count(kind) >= least,
                () -> "fewer than " + least + " times in blocks: " + kind + ", " + backend));
    }

    /** Channels from the middle of blocks' order, and their gradient. */
    @Test
    void partsOfChannelsThatDoNotBeginAtTheFirst() {
        BlockCounts backend = new BlockCounts(new VectorBackend(2));
        int block = backend.channelBlock();
        try (Scope scope = Scope.open()) {
            Tensor x = random(backend, Shape.of(2, 2 * block, 9, 7), 1);
            Tensor weights = random(backend, Shape.of(4 * block, 2 * block, 3, 3), 2);
            TensorProgram program;
            try (Recording recording = Recording.open()) {
                program = recording.program(middleChannels(recording.inputLike(x), weights));
            }
            assertSame(middleChannels(x, weights), program.run(List.of(x)), "middle channels");
        }
        assertTrue(backend.count(BlockCounts.PARTS) > 0 && backend.count("Embed") > 0, backend::toString);
    }

    private static List<Tensor> middleChannels(Tensor x, Tensor weights) {
        Tape tape = new Tape();
        Tensor leaf = tape.watch(x);
        int channels = x.shape().size(1), half = channels / 2;
        Conv2d convolution = new Conv2d(WindowGeometry.square(3, 1, 1), 1);
        Tensor middle = Ops.slice(convolution.on(leaf, weights), 1, half, half + channels);
        Tensor last = convolution.on(Neural.relu(middle), weights);
        return List.of(
                last.detached(), tape.gradient(Ops.sum(Ops.square(last)), leaf).detached());
    }

    /** Two images become one of twice as many channels behind a pool, which sends back what comes to that one. */
    @Test
    void aPoolBehindWhichTheBatchIsAnotherFindsItsPlanes() {
        BlockCounts backend = new BlockCounts(new VectorBackend(2));
        try (Scope scope = Scope.open()) {
            Tensor x = random(backend, Shape.of(4, 2 * backend.channelBlock(), 12, 12), 1);
            TensorProgram program;
            try (Recording recording = Recording.open()) {
                program = recording.program(joinedInPairs(recording.inputLike(x)));
            }
            assertSame(joinedInPairs(x), program.run(List.of(x)), "images joined in pairs");
        }
        assertTrue(backend.count("Nchwc MaxPoolIndices") > 0, backend::toString);
    }

    private static List<Tensor> joinedInPairs(Tensor x) {
        Tape tape = new Tape();
        Tensor leaf = tape.watch(x);
        Conv2d convolution = new Conv2d(WindowGeometry.square(3, 1, 1), 1);
        int images = x.shape().size(0), channels = x.shape().size(1);
        Tensor narrow = random(x.backend(), Shape.of(channels, channels, 3, 3), 2);
        Tensor wide = random(x.backend(), Shape.of(2 * channels, 2 * channels, 3, 3), 3);
        Tensor pooled = Neural.maxPool(convolution.on(leaf, narrow), WindowGeometry.square(2, 2, 0), false);
        Shape pairs = Shape.of(
                images / 2, 2 * channels, pooled.shape().size(2), pooled.shape().size(3));
        Tensor last = convolution.on(Ops.reshape(pooled, pairs), wide);
        return List.of(
                last.detached(), tape.gradient(Ops.sum(Ops.square(last)), leaf).detached());
    }

    /** What is sent back to something that was cut in two, twice over: −0 is 0 there, as it is where zeros are added. */
    @Test
    void gradientsOfPartsAreJoinedToTheSameBits() {
        BlockCounts backend = new BlockCounts(new VectorBackend(2));
        try (Scope scope = Scope.open()) {
            Tensor x = random(backend, Shape.of(2, 48, 8, 8), 1);
            Tensor weights = random(backend, Shape.of(48, 48, 3, 3), 2);
            Tensor signs = Ops.mul(Neural.relu(random(backend, x.shape(), 3)), -1);
            TensorProgram program;
            try (Recording recording = Recording.open()) {
                program = recording.program(gradientOfParts(recording.inputLike(x), weights, signs));
            }
            assertSame(gradientOfParts(x, weights, signs), program.run(List.of(x)), "gradients of parts");
        }
        assertEquals(3, backend.count("Concat"), backend::toString);
    }

    private static List<Tensor> gradientOfParts(Tensor x, Tensor weights, Tensor signs) {
        Tape tape = new Tape();
        Tensor leaf = tape.watch(x);
        int third = x.shape().size(1) / 3;
        Conv2d convolution = new Conv2d(WindowGeometry.square(3, 1, 1), 1);
        Tensor y = convolution.on(leaf, weights);
        Tensor large = Ops.slice(y, 1, 0, 2 * third);
        Tensor parts = Shapes.concat(
                1,
                Ops.slice(large, 1, 0, third),
                Ops.slice(large, 1, third, 2 * third),
                Ops.slice(y, 1, 2 * third, 3 * third));
        Tensor score = Ops.sum(Ops.mul(Ops.square(parts), signs));
        return tape.gradient(score, List.of(y, leaf), Walk.PLAIN).stream()
                .map(Tensor::detached)
                .toList();
    }

    /** What the sweep above was written for: a result and its first rows in one step. */
    @Test
    void aResultAndAPartOfItInOneStep() {
        for (Backend backend : backends().toList()) {
            try (Scope scope = Scope.open()) {
                Tensor x = random(backend, Shape.of(4, 5), 1);
                TensorProgram program;
                try (Recording recording = Recording.open()) {
                    program = recording.program(List.of(minusFirstRow(recording.inputLike(x))));
                }
                assertSame(List.of(minusFirstRow(x)), program.run(List.of(x)), backend.name());
            }
        }
    }

    private static Tensor minusFirstRow(Tensor x) {
        Tensor y = Neural.relu(x);
        return Ops.sub(y, Ops.slice(y, 0, 0, 1));
    }

    private static Tensor random(Backend backend, Shape shape, long seed) {
        return Tensor.random(backend, DType.F32, shape, Primitive.Distribution.NORMAL, seed);
    }

    private static void assertSame(List<Tensor> expected, List<Tensor> found, String what) {
        assertEquals(expected.size(), found.size(), what);
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i).toDoubles(), found.get(i).toDoubles(), what + ", result " + i);
        }
    }
}
