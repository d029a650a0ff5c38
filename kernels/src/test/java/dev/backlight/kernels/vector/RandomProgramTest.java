package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

    /** Every other graph has channels enough that programs keep them in blocks. */
    private static int channels(long seed) {
        return seed % 2 == 0 ? 3 : 32;
    }

    static Stream<Backend> backends() {
        return Stream.of(new VectorBackend(2), new ReferenceBackend());
    }

    /** A graph is its seed: the same steps each time it is built. */
    private record Graph(long seed) {
        List<Tensor> on(Tensor x, Tensor weights, Tensor perChannel) {
            Random random = new Random(seed);
            List<Tensor> known = new ArrayList<>(List.of(x));
            for (int i = 0; i < STEPS; i++) {
                known.add(step(random, known, weights, perChannel));
            }
            List<Tensor> wanted = new ArrayList<>(List.of(known.getLast()));
            for (Tensor result : known.subList(1, known.size() - 1)) {
                if (random.nextInt(4) == 0) {
                    wanted.add(result);
                }
            }
            return wanted;
        }

        /** All results have the shape of x; parts of them are taken and stretched again. */
        private static Tensor step(Random random, List<Tensor> known, Tensor weights, Tensor perChannel) {
            Tensor a = recent(random, known);
            Tensor b = recent(random, known);
            return switch (random.nextInt(13)) {
                case 0 -> Neural.relu(a);
                case 1 -> Ops.add(a, b);
                case 2 -> Ops.sub(a, firstImage(b));
                case 3 -> Ops.mul(firstImage(a), b);
                case 4 -> Ops.mul(Ops.add(a, 0.25), 0.5);
                case 5, 6 -> new Conv2d(WindowGeometry.square(3, 1, 1), 1).on(a, weights);
                case 7 -> Ops.add(Ops.mul(a, perChannel), perChannel);
                case 8 -> Shapes.concat(0, firstImage(a), firstImage(b));
                case 9, 10 -> Ops.slice(Shapes.concat(0, a, b), 0, 1, 3);
                case 11 -> Neural.softmax(a, random.nextInt(4));
                default -> Ops.where(Ops.greater(a, b), a, Neural.sigmoid(b));
            };
        }

        private static Tensor firstImage(Tensor x) {
            return Ops.slice(x, 0, 0, 1);
        }

        private static Tensor recent(Random random, List<Tensor> known) {
            return known.get(Math.max(0, known.size() - 1 - random.nextInt(4)));
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void replayToTheSameBits(Backend backend) {
        for (long seed = 0; seed < GRAPHS; seed++) {
            try (Scope scope = Scope.open()) {
                int channels = channels(seed);
                Tensor weights = random(backend, Shape.of(channels, channels, 3, 3), seed);
                Tensor perChannel = random(backend, Shape.of(1, channels, 1, 1), seed + 1);
                Tensor x = random(backend, Shape.of(2, channels, 5, 6), seed + 2);
                Graph graph = new Graph(seed);
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
