package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.sweep.Replays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What programs take of memory that ends is what they say, and what a failed run took is given back. */
class ProgramMemoryTest {
    private static final int GRAPHS = 25;
    private static final double[] SHARES = {0.9, 0.6, 0.4};
    private static final Conv2d CONVOLUTION = new Conv2d(WindowGeometry.square(3, 1, 1), 1);

    static Stream<Backend> backends() {
        return Stream.of(new VectorBackend(2), new ReferenceBackend());
    }

    /** A program, what it is asked, and what it must give. */
    private record Subject(LimitedBackend backend, TensorProgram program, Tensor x, List<Tensor> eager) {
        /** With constants, and planes whose elements are no power of two, so that blocks are longer than what lies in them. */
        static Subject withConstants(Backend kernels) {
            return on(new LimitedBackend(kernels));
        }

        static Subject on(LimitedBackend backend) {
            Tensor weights = random(backend, Shape.of(4, 4, 3, 3), 1);
            Tensor image = random(backend, Shape.of(1, 4, 17, 17), 2);
            Tensor x = random(backend, Shape.of(1, 4, 17, 17), 3);
            List<Tensor> eager = List.of(sumOfProducts(x, image, weights));
            try (Recording recording = Recording.open()) {
                Tensor sum = sumOfProducts(recording.inputLike(x), image, weights);
                return new Subject(backend, recording.program(List.of(sum)), x, eager);
            }
        }

        /** Nothing in it is constant, so only repetitions make it smaller. */
        static Subject ofChain(Backend kernels) {
            LimitedBackend backend = new LimitedBackend(kernels);
            Tensor weights = random(backend, Shape.of(4, 4, 3, 3), 1);
            Tensor x = random(backend, Shape.of(1, 4, 17, 17), 3);
            List<Tensor> eager = List.of(RecomputedProgramTest.chainGradient(x, weights, 16));
            try (Recording recording = Recording.open()) {
                Tensor gradient = RecomputedProgramTest.chainGradient(recording.inputLike(x), weights, 16);
                return new Subject(backend, recording.program(List.of(gradient)), x, eager);
            }
        }

        static Subject ofGraph(Backend kernels, long seed) {
            LimitedBackend backend = new LimitedBackend(kernels);
            RecomputedProgramTest.Subject graph = RecomputedProgramTest.Subject.of(backend, seed);
            Tensor x = random(backend, graph.graph().images(), seed + 3);
            return new Subject(backend, graph.program(x), x, graph.on(x));
        }

        /** The most bytes in use while it runs, beside those before. */
        long peak() {
            BufferPool pool = backend.pool();
            long before = backend.liveBytes();
            pool.resetPeak();
            run();
            return pool.peakBytes() - before;
        }

        void run() {
            try (Scope _ = Scope.open()) {
                Replays.assertSameBits(eager, program.run(List.of(x)), backend.name());
            }
        }

        /** The least room in which the program says that it fits. */
        long fitting() {
            long least = 0;
            long enough = 1L << 30;
            while (enough - least > 1) {
                long middle = (least + enough) / 2;
                backend.leave(middle);
                if (program.fits()) {
                    enough = middle;
                } else {
                    least = middle;
                }
            }
            backend.leave(enough);
            return enough;
        }

        long resultBytes() {
            return eager.stream()
                    .map(Tensor::storage)
                    .distinct()
                    .mapToLong(ProgramMemoryTest::blockBytes)
                    .sum();
        }
    }

    private static long blockBytes(Storage storage) {
        return storage.capacity() * storage.dtype().bytes();
    }

    /** x + Σ (… · cᵢ) ⋆ w, with ten cᵢ that depend on no input. */
    private static Tensor sumOfProducts(Tensor x, Tensor image, Tensor weights) {
        Tensor c = image;
        Tensor sum = x;
        for (int i = 0; i < 10; i++) {
            c = Neural.relu(CONVOLUTION.on(c, weights));
            sum = Ops.add(sum, CONVOLUTION.on(Ops.mul(sum, c), weights));
        }
        return sum;
    }

    private static Tensor random(Backend backend, Shape shape, long seed) {
        return Tensor.random(backend, DType.F32, shape, Primitive.Distribution.NORMAL, seed);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void runsTakeNoMoreThanTheLimitAndTheirResults(Backend kernels) {
        int limited = 0;
        for (long seed = 0; seed < GRAPHS; seed++) {
            for (double share : SHARES) {
                try (Scope _ = Scope.open()) {
                    Subject subject = Subject.ofGraph(kernels, seed);
                    TensorProgram program = subject.program();
                    long most = (long) (share * (program.bytes() + program.constantBytes()));
                    try {
                        program.limitMemory(most);
                    } catch (DeviceMemoryException e) {
                        continue;
                    }
                    limited++;
                    long peak = subject.peak();
                    long allowed = most + subject.resultBytes();
                    assertTrue(peak <= allowed, () -> peak + " bytes where " + allowed + " were allowed");
                }
            }
        }
        assertTrue(limited > GRAPHS, "only " + limited + " programs could do with less");
    }

    @ParameterizedTest
    @MethodSource("backends")
    void whatFitsRunsInTheRoomThatThereIs(Backend kernels) {
        for (long seed = 0; seed < GRAPHS; seed++) {
            try (Scope _ = Scope.open()) {
                Subject subject = Subject.ofGraph(kernels, seed);
                int size = subject.program().size();
                subject.fitting();
                subject.run();
                assertEquals(size, subject.program().size(), "something was computed again");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void whatDoesNotFitIsComputedAgain(Backend kernels) {
        try (Scope _ = Scope.open()) {
            Subject subject = Subject.withConstants(kernels);
            int size = subject.program().size();
            long room = subject.fitting();
            subject.backend().leave(room * 2 / 3);
            assertFalse(subject.program().fits());
            subject.run();
            assertTrue(subject.program().size() > size, "nothing was computed again");
            long own = subject.program().bytes() + subject.program().constantBytes();
            subject.backend().pool().trim();
            subject.backend().leave(room - own);
            assertTrue(subject.program().fits(), "its own memory is in its way");
            subject.program().release();
            subject.backend().leave(room);
            subject.run();
            assertEquals(size, subject.program().size(), "computed again where there is room");
        }
    }

    /** Nobody has looked for garbage on the device when the program is planned. */
    @ParameterizedTest
    @MethodSource("backends")
    void garbageOfTheDeviceIsNotInTheWay(Backend kernels) {
        try (Scope _ = Scope.open()) {
            Subject subject = Subject.ofChain(kernels);
            long room = subject.fitting();
            subject.backend().leave(room * 9 / 10);
            Shape most = Shape.of((int) (room * 7 / 10 / Float.BYTES));
            CompletableFuture.runAsync(
                            () -> subject.backend().allocate(DType.F32, most),
                            outsideAllScopes -> Thread.ofPlatform().start(outsideAllScopes))
                    .join();
            subject.run();
        }
    }

    /** Another program takes memory between the plan and its first block. */
    private static final class Contested extends LimitedBackend {
        private long left = -1;

        Contested(Backend kernels) {
            super(kernels);
        }

        @Override
        public DeviceArray allocate(DType dtype, Shape shape) {
            if (left >= 0) {
                leave(left);
                left = -1;
            }
            return super.allocate(dtype, shape);
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aProgramWhoseRoomIsTakenIsPlannedForTheRest(Backend kernels) {
        try (Scope _ = Scope.open()) {
            Contested backend = new Contested(kernels);
            Subject subject = Subject.on(backend);
            int size = subject.program().size();
            long room = subject.fitting();
            backend.left = room * 2 / 3;
            subject.run();
            assertTrue(subject.program().size() > size, "nothing was computed again");
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aRunThatFailsGivesBackWhatItTook(Backend kernels) {
        try (Scope _ = Scope.open()) {
            Subject subject = Subject.withConstants(kernels);
            long room = subject.fitting();
            long before = subject.backend().liveBytes();
            int refused = 0;
            for (int percent = 3; percent < 60; percent += 6) {
                subject.backend().leave(room * percent / 100);
                try {
                    subject.run();
                    break;
                } catch (DeviceMemoryException e) {
                    refused++;
                    assertEquals(before, subject.backend().liveBytes(), percent + " %: " + e.getMessage());
                }
            }
            assertTrue(refused > 2, "only " + refused + " runs were refused");
            subject.backend().leave(room);
            subject.run();
        }
    }

    /** Limits do not pile up: each plan is made of what was recorded. */
    @ParameterizedTest
    @MethodSource("backends")
    void aLimitReplacesTheOneBefore(Backend kernels) {
        try (Scope _ = Scope.open()) {
            TensorProgram program = Subject.withConstants(kernels).program();
            TensorProgram other = Subject.withConstants(kernels).program();
            long whole = program.bytes() + program.constantBytes();
            int size = program.size();
            program.limitMemory(whole * 3 / 4);
            assertTrue(program.size() > size, "nothing is computed again");
            program.limitMemory(whole);
            assertEquals(size, program.size());
            program.limitMemory(whole * 3 / 4);
            assertThrows(DeviceMemoryException.class, () -> program.limitMemory(100));
            program.limitMemory(whole / 2);
            other.limitMemory(whole / 2);
            assertEquals(other.size(), program.size());
            assertEquals(other.bytes(), program.bytes());
        }
    }
}
