package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An index outside its axis is said in the words of the CPU, where results reach the host. */
class CudaFaultsTest {
    private static Backend cuda = new ReferenceBackend();

    /**
     * A primitive with one index of each element of the small side wrong.
     *
     * @param large the indexed side, along whose axis the index must lie
     * @param small the other
     * @param indices the shape of the indices
     */
    record Case(String name, Primitive primitive, int axis, Shape large, Shape small, Shape indices, boolean adjoint) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        Shape large = Shape.of(2, 5, 3);
        Shape small = Shape.of(2, 4, 3);
        Shape rows = Shape.of(2, 5000);
        return Stream.of(
                new Case("take", new Primitive.Take(1), 1, large, small, Shape.of(4), false),
                new Case("take's adjoint", new Primitive.TakeAdjoint(1), 1, large, small, Shape.of(4), true),
                new Case("gather", new Primitive.GatherElements(1), 1, large, small, small, false),
                new Case("scatter along lines", new Primitive.ScatterAddElements(1), 1, large, small, small, true),
                new Case(
                        "scatter along short rows",
                        new Primitive.ScatterAddElements(1),
                        1,
                        Shape.of(2, 7),
                        Shape.of(2, 500),
                        Shape.of(2, 500),
                        true),
                new Case("scatter along rows", new Primitive.ScatterAddElements(1), 1, rows, rows, rows, true));
    }

    @BeforeAll
    static void open() {
        cuda = Devices.cuda();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theIndexAndItsAxisAreNamedOnce(Case of) {
        assertNames(cuda, of);
    }

    static void assertNames(Backend on, Case of) {
        int size = of.large.size(of.axis);
        String last = "index " + size + " lies outside an axis of size " + size;
        for (long others : new long[] {0, size - 1}) {
            assertEquals(last, saidOf(on, of, others, size), "the first beyond the axis");
            assertEquals("index -1 lies outside an axis of size " + size, saidOf(on, of, others, -1));
            for (long far : new long[] {1L << 40, Long.MIN_VALUE}) {
                assertEquals("an index lies outside an axis of size " + size, saidOf(on, of, others, far));
            }
            run(on, of, others, 0);
        }
        assertEquals(last, saidOf(new ReferenceBackend(), of, 0, size), "as on the CPU");
    }

    private static String saidOf(Backend backend, Case of, long others, long wrong) {
        return String.valueOf(assertThrows(ShapeException.class, () -> run(backend, of, others, wrong))
                .getMessage());
    }

    /** All indices are {@code others} save the last. */
    private static void run(Backend backend, Case of, long others, long last) {
        try (Scope scope = Scope.open()) {
            DeviceArray from = backend.allocate(DType.F32, of.adjoint ? of.small : of.large);
            DeviceArray to = backend.allocate(DType.F32, of.adjoint ? of.large : of.small);
            DeviceArray indices = backend.allocate(DType.I64, of.indices);
            backend.execute(new Primitive.Fill(1), List.of(), from);
            long[] places = new long[(int) of.indices.elements()];
            Arrays.fill(places, others);
            places[places.length - 1] = last;
            backend.upload(places, 0, indices.buffer());
            backend.execute(of.primitive, List.of(from, indices), to);
            backend.download(to.buffer(), new float[(int) to.shape().elements()], 0);
        }
    }

    /** Of many the same is named each time, whatever the order of threads. */
    @Test
    void manyWrongIndices() {
        assertNamesTheLeast(cuda);
    }

    static void assertNamesTheLeast(Backend on) {
        Case of = cases().toList().getFirst();
        for (int round = 0; round < 10; round++) {
            try (Scope scope = Scope.open()) {
                DeviceArray x = on.allocate(DType.F32, of.large);
                DeviceArray indices = on.allocate(DType.I64, Shape.of(4000));
                DeviceArray y = on.allocate(DType.F32, Shape.of(2, 4000, 3));
                on.execute(new Primitive.Fill(1), List.of(), x);
                long[] places = new long[4000];
                Arrays.setAll(places, i -> 9 + i * 7L % 4000);
                on.upload(places, 0, indices.buffer());
                on.execute(of.primitive, List.of(x, indices), y);
                ShapeException said = assertThrows(ShapeException.class, on::synchronize);
                assertEquals("index 9 lies outside an axis of size 5", said.getMessage());
            }
        }
    }

    @Test
    void aGraphSaysItToo() {
        try (Scope scope = Scope.open()) {
            TensorProgram program;
            try (Recording recording = Recording.open()) {
                Tensor x = recording.input(cuda, DType.F32, Shape.of(5));
                Tensor indices = recording.input(cuda, DType.I64, Shape.of(2));
                program = recording.program(List.of(Shapes.take(x, 0, indices)));
            }
            Tensor x = Tensor.of(cuda, Shape.of(5), 0f, 1f, 2f, 3f, 4f);
            for (int run = 0; run < 6; run++) {
                boolean wrong = run % 2 == 1;
                Tensor indices = Tensor.of(cuda, Shape.of(2), new long[] {3, wrong ? 5 : 4});
                Tensor found = program.run(List.of(x, indices)).getFirst();
                if (wrong) {
                    ShapeException said = assertThrows(ShapeException.class, found::toDoubles, "run " + run);
                    assertEquals("index 5 lies outside an axis of size 5", said.getMessage());
                } else {
                    assertArrayEquals(new double[] {3, 4}, found.toDoubles(), "run " + run);
                }
            }
        }
    }

    /** One thread's fault, found by another that looks first. */
    @Test
    void othersKeepTheirNumbersAndTheThreadItselfHearsOfIt() {
        Tensor wrong = taken(7);
        elsewhere(() -> {
            assertArrayEquals(new double[] {2, 2}, taken(2).toDoubles(), "right numbers");
            cuda.synchronize();
        });
        assertSays(7, cuda::synchronize);
        cuda.synchronize();
        assertSays(7, wrong::toDoubles);
        assertSays(7, wrong::toDoubles);
        assertArrayEquals(new double[] {4, 4}, taken(4).toDoubles(), "what is done afterwards");
        elsewhere(() -> assertSays(7, wrong::toDoubles));
    }

    /** What was found by a thread that it does not concern is not lost to the one that reads something else first. */
    @Test
    void itIsSaidAtTheFirstOpportunity() {
        Tensor right = taken(1);
        cuda.synchronize();
        var _ = taken(8);
        elsewhere(cuda::synchronize);
        assertSays(8, right::toDoubles);
        assertArrayEquals(new double[] {1, 1}, right.toDoubles());
    }

    /** Numbers that are wrong by another's doing come first, and one's own fault, which shows in no number, is not forgotten. */
    @Test
    void ofTwoFaultsBothAreSaid() {
        Tensor theirs = CompletableFuture.supplyAsync(
                        () -> taken(7), task -> Thread.ofPlatform().start(task))
                .join();
        var _ = adjoint(-1);
        assertSays(7, theirs::toDoubles);
        assertSays(-1, cuda::synchronize);
        cuda.synchronize();
    }

    /** Comparisons, indices and adjoints would hide the NaN. */
    @Test
    void whatIsComputedFromItSaysItToo() {
        Tensor wrong = taken(-3);
        Tensor before = Ops.argMax(wrong, 0);
        assertSays(-3, cuda::synchronize);
        Tensor after = Ops.step(wrong);
        Tensor sum = Shapes.take(Tensor.of(cuda, Shape.of(3), 1f, 2f, 3f), 0, before);
        for (Tensor one : List.of(before, after, sum)) {
            assertSays(-3, one::toDoubles);
            assertSays(-3, one::toDoubles);
        }
        DeviceArray gradient = adjoint(-1);
        Tensor weight = Tensor.of(cuda, Shape.of(5), 1f, 1f, 1f, 1f, 1f);
        Tensor velocity = Tensor.full(cuda, DType.F32, Shape.of(5), 0);
        assertSays(-1, cuda::synchronize);
        Primitive step = new Primitive.SgdStep(0.1, 0.9, 0, false);
        cuda.execute(step, List.of(gradient, velocity.array()), weight.array());
        Tensor fresh = Tensor.full(cuda, DType.F32, Shape.of(5), 0);
        cuda.execute(
                step,
                List.of(
                        fresh.array(),
                        Tensor.full(cuda, DType.F32, Shape.of(5), 0).array()),
                weight.array());
        assertSays(-1, weight::toDoubles);
        assertSays(-1, velocity::toDoubles);
    }

    /** Blocks are used again and in parts: only what a wrong number is still in says so. */
    @Test
    void whatIsWrittenOverIsRightAgain() {
        DeviceArray whole = cuda.allocate(DType.F32, Shape.of(6));
        cuda.execute(new Primitive.Fill(6), List.of(), whole);
        DeviceArray middle = new DeviceArray(Shape.of(2), whole.buffer().slice(2, 2));
        cuda.execute(new Primitive.Cast(), List.of(taken(5).array()), middle);
        assertSays(5, cuda::synchronize);
        assertSays(5, () -> read(whole.buffer(), 6));
        assertArrayEquals(new float[] {6, 6}, read(whole.buffer().slice(0, 2), 2));
        assertArrayEquals(new float[] {6, 6}, read(whole.buffer().slice(4, 2), 2));
        cuda.execute(
                new Primitive.Fill(1),
                List.of(),
                new DeviceArray(Shape.of(1), whole.buffer().slice(2, 1)));
        assertArrayEquals(new float[] {6, 6, 1}, read(whole.buffer().slice(0, 3), 3));
        assertSays(5, () -> read(whole.buffer().slice(3, 1), 1));
        cuda.upload(new float[] {9}, 0, whole.buffer().slice(3, 1));
        assertArrayEquals(new float[] {6, 6, 1, 9, 6, 6}, read(whole.buffer(), 6));
    }

    @Test
    void graphsOfSeveralThreads() {
        TensorProgram mine = program();
        TensorProgram other = program();
        Tensor x = Tensor.of(cuda, Shape.of(5), 0f, 1f, 2f, 3f, 4f);
        for (int run = 0; run < 4; run++) {
            Tensor wrong = mine.run(List.of(x, Tensor.of(cuda, Shape.of(2), new long[] {3, 6})))
                    .getFirst();
            elsewhere(() -> {
                Tensor right = other.run(List.of(x, Tensor.of(cuda, Shape.of(2), new long[] {3, 2})))
                        .getFirst();
                assertArrayEquals(new double[] {3, 2}, right.toDoubles());
            });
            Tensor derived = Ops.step(wrong);
            assertSays(6, derived::toDoubles);
            assertSays(6, wrong::toDoubles);
        }
    }

    private static TensorProgram program() {
        try (Recording recording = Recording.open()) {
            Tensor x = recording.input(cuda, DType.F32, Shape.of(5));
            Tensor indices = recording.input(cuda, DType.I64, Shape.of(2));
            return recording.program(List.of(Shapes.take(x, 0, indices)));
        }
    }

    /** An element of 0 … 4, twice. */
    private static Tensor taken(long index) {
        Tensor x = Tensor.of(cuda, Shape.of(5), 0f, 1f, 2f, 3f, 4f);
        return Shapes.take(x, 0, Tensor.of(cuda, Shape.of(2), new long[] {index, index}));
    }

    /** Five sums of which nothing is NaN, though the one index is wrong. */
    private static DeviceArray adjoint(long index) {
        DeviceArray sums = cuda.allocate(DType.F32, Shape.of(5));
        Tensor upstream = Tensor.of(cuda, Shape.of(1), 1f);
        Tensor indices = Tensor.of(cuda, Shape.of(1), new long[] {index});
        cuda.execute(new Primitive.TakeAdjoint(0), List.of(upstream.array(), indices.array()), sums);
        return sums;
    }

    private static float[] read(Buffer numbers, int count) {
        float[] found = new float[count];
        cuda.download(numbers, found, 0);
        return found;
    }

    private static void assertSays(long index, Executable reading) {
        ShapeException said = assertThrows(ShapeException.class, reading);
        assertEquals("index " + index + " lies outside an axis of size 5", said.getMessage());
    }

    /** In a thread of its own, to the end. */
    private static void elsewhere(Runnable work) {
        CompletableFuture.runAsync(work, task -> Thread.ofPlatform().start(task))
                .join();
    }
}
