package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.kernels.sweep.Extent;
import dev.backlight.kernels.sweep.Kind;
import dev.backlight.kernels.sweep.Sweep;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Barriers removed from Backlight's own kernels, and bounds moved by one: the sweep notices each. */
class MutantsTest {
    static Stream<Mutant> mutants() {
        return Stream.of(
                Mutant.withoutBarrier("movement", "movement.cu", 1, Kind.MOVEMENT),
                Mutant.withoutBarrier("reductions", "reductions.cu", 1, Kind.REDUCTION),
                Mutant.withoutBarrier("reductions", "reductions.cu", 2, Kind.REDUCTION),
                Mutant.withoutBarrier("argmax", "argmax.cu", 1, Kind.MADE),
                Mutant.withoutBarrier("softmax", "softmax.cu", 1, Kind.SOFTMAX),
                Mutant.withoutBarrier("softmax", "softmax.cu", 2, Kind.SOFTMAX),
                Mutant.withoutBarrier("matmul", "tile.cuh", 1, Kind.MATRIX_PRODUCT),
                Mutant.withoutBarrier("matmul", "tile.cuh", 3, Kind.MATRIX_PRODUCT),
                Mutant.withoutBarrier("indexing", "namings.cuh", 1, Kind.INDEXING),
                Mutant.changed(
                        "movement", "movement.cu", "tileDown + r < t.down", "tileDown + r <= t.down", Kind.MOVEMENT),
                Mutant.changed("rules", "rules.cu", "n - i < N ? static_cast<int>(n - i) : N", "N", Kind.LEARNED_RULE),
                Mutant.changed("elementwise", "packs.cuh", "if (k < count)", "if (k <= count)", Kind.UNARY),
                Mutant.changed("softmax", "softmax.cu", "apart > 0", "apart > 1", Kind.SOFTMAX),
                Mutant.changed("pooling", "pooling.cu", "iy >= w.height", "iy > w.height", Kind.MAX_POOL_INDICES));
    }

    @BeforeAll
    static void load() {
        Emulator.require();
    }

    @AfterEach
    void whole() {
        Emulator.reset();
        Emulator.set("modules", Emulator.modules().toString());
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void theSweepNotices(Mutant mutant) {
        AssertionError noticed = assertThrows(AssertionError.class, () -> sweep(mutant));
        assertFalse(String.valueOf(noticed.getCause()).contains("NOT_FOUND"), () -> "no such kernel: " + noticed);
    }

    /** What the sweep cannot see, for its indices are right and few. */
    static Stream<Mutant> mutantsOfIndices() {
        return Stream.of(
                indices("faults.cuh", "index < size", "index <= size"),
                indices("faults.cuh", "index >= 0 && ", ""),
                indices("faults.cuh", "atomicMin(", "atomicExch("),
                unchecked(2),
                unchecked(3),
                unchecked(4),
                indices("namings.cuh", "left < width ? left : width", "width"),
                indices("namings.cuh", "left < width ? left : width", "left"));
    }

    /** Without the check that stands in the {@code nth} place; the first one's result is used at once. */
    private static Mutant unchecked(int nth) {
        return new Mutant("indexing", "indexing.cu", "is_inside(index, axis.size, fault);", nth, "", Kind.INDEXING);
    }

    private static Mutant indices(String file, String original, String replacement) {
        return Mutant.changed("indexing", file, original, replacement, Kind.INDEXING);
    }

    @ParameterizedTest
    @MethodSource("mutantsOfIndices")
    void testsOfIndicesNotice(Mutant mutant) {
        AssertionError noticed = assertThrows(AssertionError.class, () -> {
            try {
                testIndices(mutant);
            } catch (DeviceException | ShapeException e) {
                throw new AssertionError(mutant.toString(), e);
            }
        });
        assertFalse(String.valueOf(noticed.getCause()).contains("NOT_FOUND"), () -> "no such kernel: " + noticed);
    }

    @Test
    void testsOfIndicesPassUnchangedKernels() {
        testIndices(indices("faults.cuh", "index < size", "index < size"));
    }

    private static void testIndices(Mutant mutant) {
        Emulator.set("modules", mutant.modules().toString());
        Backend cuda = Devices.cuda();
        CudaFaultsTest.cases().forEach(one -> CudaFaultsTest.assertNames(cuda, one));
        CudaFaultsTest.assertNamesTheLeast(cuda);
        for (int count : new int[] {1025, 3000, 4097, 9999}) {
            CudaIndexingTest.check(cuda, count);
        }
    }

    /** The same folders and steps, and nothing changed. */
    @Test
    void theSweepPassesUnchangedKernels() {
        sweep(Mutant.changed("movement", "movement.cu", Mutant.BARRIER, Mutant.BARRIER, Kind.MOVEMENT));
    }

    private static void sweep(Mutant mutant) {
        Emulator.set("modules", mutant.modules().toString());
        Backend cuda = Devices.cuda();
        new Sweep("a mutant", cuda, cuda, Extent.SMALL).run(mutant.kind());
    }
}
