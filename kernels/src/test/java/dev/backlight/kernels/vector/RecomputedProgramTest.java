package dev.backlight.kernels.vector;

import static dev.backlight.engine.op.Ops.sum;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.sweep.RandomGraph;
import dev.backlight.kernels.sweep.RandomNetwork;
import dev.backlight.kernels.sweep.Replays;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs that compute results again for want of memory give the bits of eager execution, in the memory allowed. */
class RecomputedProgramTest {
    private static final int GRAPHS = 40;
    private static final int STEPS = 40;
    private static final int NETWORKS = 60;
    private static final double[] SHARES = {0.85, 0.6, 0.4, 0.25};
    private static final WindowGeometry SAME = WindowGeometry.square(3, 1, 1);

    static Stream<Backend> backends() {
        return Stream.of(new VectorBackend(2, VectorBackend.SMALLEST_PIECE), new ReferenceBackend());
    }

    /** A random graph on an input and on an image that is no input, and the gradient of its end. */
    record Subject(RandomGraph graph, Tensor weights, Tensor perChannel, Tensor constant) {
        static Subject of(Backend backend, long seed) {
            RandomGraph graph = new RandomGraph(seed, STEPS);
            return new Subject(
                    graph,
                    random(backend, graph.weights(), seed),
                    random(backend, graph.perChannel(), seed + 1),
                    random(backend, graph.images(), seed + 2));
        }

        List<Tensor> on(Tensor x) {
            Tensor hoisted = graph.on(constant, weights, perChannel).getFirst();
            Tape tape = new Tape();
            Tensor leaf = tape.watch(x);
            List<Tensor> results = graph.on(Ops.mul(leaf, hoisted), weights, perChannel);
            Tensor score = sum(Ops.square(Ops.add(results.getFirst(), leaf)));
            List<Tensor> all = new ArrayList<>(results);
            all.addAll(tape.gradient(score, List.of(leaf), Walk.PLAIN));
            return all.stream().map(Tensor::detached).toList();
        }

        TensorProgram program(Tensor like) {
            try (Recording recording = Recording.open()) {
                return recording.program(on(recording.inputLike(like)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void randomGraphsKeepTheirBitsInLessMemory(Backend backend) {
        int repeating = 0;
        for (long seed = 0; seed < GRAPHS; seed++) {
            try (Scope scope = Scope.open()) {
                Subject subject = Subject.of(backend, seed);
                Tensor x = random(backend, subject.graph().images(), seed + 3);
                List<Tensor> eager = subject.on(x);
                for (double share : SHARES) {
                    TensorProgram program = subject.program(x);
                    if (isLimited(program, share)) {
                        repeating++;
                        check(eager, program, x, "graph " + seed + " in " + share + " on " + backend.name());
                    }
                }
            }
        }
        assertTrue(repeating > GRAPHS, "only " + repeating + " programs could do with less");
    }

    /** Whether the program can do with a share of its memory; it then does. */
    private static boolean isLimited(TensorProgram program, double share) {
        long whole = program.bytes() + program.constantBytes();
        int size = program.size();
        long most = (long) (share * whole);
        try {
            program.limitMemory(most);
        } catch (DeviceMemoryException e) {
            assertEquals(whole, program.bytes() + program.constantBytes(), "refused, and yet changed");
            assertEquals(size, program.size(), "refused, and yet changed");
            return false;
        }
        assertTrue(program.bytes() + program.constantBytes() <= most, "more than allowed");
        return true;
    }

    private static void check(List<Tensor> eager, TensorProgram program, Tensor x, String what) {
        try (Scope scope = Scope.open()) {
            var _ = program.run(List.of(Ops.mul(x, -1)));
            Replays.assertSameBits(eager, program.run(List.of(x)), what);
            for (int one = 0; one < eager.size(); one++) {
                Replays.assertSameBits(List.of(eager.get(one)), program.run(List.of(x), one), what + ", " + one);
            }
            Replays.assertSameBits(eager, program.run(List.of(x)), what);
        }
    }

    /** Networks whose programs keep images in blocks and read parts of them where they are. */
    @Test
    void networksKeepTheirBitsInLessMemory() {
        BlockCounts backend = new BlockCounts(new VectorBackend(2, VectorBackend.SMALLEST_PIECE));
        int repeating = 0;
        for (long seed = 1; seed < 2 * NETWORKS; seed += 2) {
            try (Scope scope = Scope.open()) {
                RandomNetwork network = new RandomNetwork(backend, seed, backend.channelBlock());
                Tensor x = network.images();
                Tensor constant = random(backend, x.shape(), seed + 3);
                List<Tensor> eager = network.withGradient(x, constant);
                TensorProgram program;
                try (Recording recording = Recording.open()) {
                    program = recording.program(network.withGradient(recording.inputLike(x), constant));
                }
                int size = program.size();
                if (isLimited(program, 0.7) && program.size() > size) {
                    repeating++;
                    check(eager, program, x, "network " + seed);
                }
            }
        }
        assertTrue(repeating > NETWORKS / 4, "only " + repeating + " programs could do with less");
        assertTrue(backend.count(BlockCounts.PARTS) > 0, backend::toString);
    }

    /** Relu after convolution, n times, and the gradient. */
    static Tensor chainGradient(Tensor x, Tensor weights, int length) {
        Tape tape = new Tape();
        Tensor leaf = tape.watch(x);
        Tensor y = leaf;
        for (int i = 0; i < length; i++) {
            y = Neural.sigmoid(new Conv2d(SAME, 1).on(y, weights));
        }
        return tape.gradient(sum(y), leaf);
    }

    /**
     * With segments of √n one more forward pass suffices, or little more; n/6 results are √n of them and those of one segment.
     */
    @Test
    void aChainTakesASixthOfItsMemoryAndLittleMoreThanOneForwardPass() {
        Backend backend = new VectorBackend(2);
        int length = 144;
        try (Scope scope = Scope.open()) {
            Tensor weights = random(backend, Shape.of(4, 4, 3, 3), 1);
            Tensor x = random(backend, Shape.of(1, 4, 16, 16), 2);
            TensorProgram program;
            try (Recording recording = Recording.open()) {
                program = recording.program(List.of(chainGradient(recording.inputLike(x), weights, length)));
            }
            long whole = program.bytes();
            int size = program.size();
            program.limitMemory(whole / 6);
            assertTrue(program.bytes() <= whole / 6, program.bytes() + " of " + whole);
            assertTrue(
                    program.size() <= size + length + length / 8, program.size() + " steps where there were " + size);
            List<Tensor> eager = List.of(chainGradient(x, weights, length));
            Replays.assertSameBits(eager, program.run(List.of(x)), "the first run");
            Replays.assertSameBits(eager, program.run(List.of(x)), "the second run");
        }
    }

    @Test
    void whatIsComputedOnceIsComputedInEachRunOnlyWhereThatSavesMemory() {
        Backend backend = new VectorBackend(2);
        try (Scope scope = Scope.open()) {
            Tensor weights = random(backend, Shape.of(4, 4, 3, 3), 1);
            Tensor image = random(backend, Shape.of(1, 4, 16, 16), 2);
            TensorProgram program;
            try (Recording recording = Recording.open()) {
                program = recording.program(List.of(sumOfProducts(recording.inputLike(image), image, weights)));
            }
            long constantBytes = program.constantBytes();
            int size = program.size();
            assertTrue(constantBytes >= 10 * image.shape().elements() * Float.BYTES, "constants: " + constantBytes);
            program.limitMemory((program.bytes() + constantBytes) / 2);
            assertTrue(program.constantBytes() < constantBytes / 2, program.constantBytes() + " of " + constantBytes);
            assertTrue(program.size() > size, "nothing moved into the runs");
            Tensor x = random(backend, image.shape(), 3);
            Replays.assertSameBits(List.of(sumOfProducts(x, image, weights)), program.run(List.of(x)), "few constants");
        }
    }

    /** Σ xᵢ·cᵢ, with ten cᵢ that depend on no input. */
    private static Tensor sumOfProducts(Tensor x, Tensor image, Tensor weights) {
        Tensor c = image;
        Tensor sum = x;
        for (int i = 0; i < 10; i++) {
            c = Neural.relu(new Conv2d(SAME, 1).on(c, weights));
            sum = Ops.add(sum, new Conv2d(SAME, 1).on(Ops.mul(sum, c), weights));
        }
        return sum;
    }

    @Test
    void tooLittleIsRefusedInOneSentence() {
        Backend backend = new VectorBackend(2);
        try (Scope scope = Scope.open()) {
            Tensor weights = random(backend, Shape.of(4, 4, 3, 3), 1);
            Tensor x = random(backend, Shape.of(1, 4, 256, 256), 2);
            TensorProgram program;
            try (Recording recording = Recording.open()) {
                program = recording.program(List.of(chainGradient(recording.inputLike(x), weights, 5)));
            }
            DeviceMemoryException refusal =
                    assertThrows(DeviceMemoryException.class, () -> program.limitMemory(1 << 20));
            String message = String.valueOf(refusal.getMessage());
            assertTrue(
                    message.matches("a program of \\d+ primitives needs at least \\d+\\.\\d MiB, even where it computes"
                            + " again what it could keep, which is more than the 1\\.0 MiB allowed; use a smaller"
                            + " batch or image, or allow more"),
                    message);
        }
    }

    private static Tensor random(Backend backend, Shape shape, long seed) {
        return Tensor.random(backend, DType.F32, shape, Primitive.Distribution.NORMAL, seed);
    }
}
