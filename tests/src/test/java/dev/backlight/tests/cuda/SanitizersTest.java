package dev.backlight.tests.cuda;

import static dev.backlight.tests.cuda.PlainDriver.at;
import static dev.backlight.tests.cuda.PlainDriver.check;
import static dev.backlight.tests.cuda.PlainDriver.free;
import static dev.backlight.tests.cuda.PlainDriver.kernel;
import static dev.backlight.tests.cuda.PlainDriver.memory;
import static dev.backlight.tests.cuda.PlainDriver.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.Backend;
import dev.backlight.kernels.sweep.Extent;
import dev.backlight.kernels.sweep.Kind;
import dev.backlight.kernels.sweep.Sweep;
import dev.backlight.tests.cuda.PlainDriver.Parameter;
import java.nio.file.Path;
import java.util.List;
import jcuda.driver.CUdeviceptr;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Launches are recorded here and repeated in another process, in which AddressSanitizer (accesses outside any array, shared
 * ones included) or ThreadSanitizer (two threads of a block at one place without a barrier between) watches the kernels.
 */
class SanitizersTest {
    private static final int THREADS = 64;

    @TempDir
    private Path recordings;

    @BeforeAll
    static void load() {
        Emulator.require();
        new PlainDriver();
    }

    @AfterEach
    void recordNoMore() {
        Emulator.set("record", "");
        Emulator.reset();
    }

    private Finished replayed(String sanitizer, List<Path> sources) {
        ProcessBuilder replay = new ProcessBuilder(
                Emulator.build().replay(sanitizer).toString(),
                Emulator.build().sanitized(sanitizer, sources).toString(),
                recordings.toString());
        // Fibers are abandoned where they stand, and what they held with them.
        replay.environment().put("ASAN_OPTIONS", "detect_leaks=0:detect_stack_use_after_return=0");
        return Finished.of(replay);
    }

    @ParameterizedTest
    @CsvSource({
        "past_shared_memory, address, global-buffer-overflow",
        "past_the_end, address, heap-buffer-overflow",
        "misaligned, address, misaligned address",
        "reverse_without_barrier, thread, data race"
    })
    void plantedBugsAreFound(String bug, String sanitizer, String finding) {
        Finished finished = replayedBug(bug, sanitizer);
        assertTrue(finished.status() != 0 && finished.output().contains(finding), finished::output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"address", "thread"})
    void aBarrierIsUnderstood(String sanitizer) {
        Finished finished = replayedBug("reverse", sanitizer);
        assertEquals(0, finished.status(), finished::output);
    }

    private Finished replayedBug(String bug, String sanitizer) {
        CUdeviceptr x = memory(new float[256]);
        CUdeviceptr y = memory(new float[THREADS]);
        CUdeviceptr z = memory(new float[256]);
        Emulator.set("record", recordings.toString());
        switch (bug) {
            case "past_the_end" ->
                run(kernel(bug, Parameter.ADDRESS, Parameter.I32), 2, THREADS, 0, at(y), PlainDriver.value(THREADS));
            case "past_shared_memory" -> check(run(kernel(bug, Parameter.ADDRESS), 1, THREADS, 0, at(y)));
            case "misaligned" -> run(kernel(bug, Parameter.ADDRESS, Parameter.ADDRESS), 1, 1, 0, at(x), at(z));
            default -> check(run(kernel(bug, Parameter.ADDRESS, Parameter.ADDRESS), 1, 256, 0, at(x), at(z)));
        }
        Emulator.reset();
        free(x, y, z);
        return replayed(sanitizer, List.of(EmulatorBuild.BUGS));
    }

    /** The first launch of every kernel that the sweep meets. */
    @Test
    void theKernelsAreClean() {
        Emulator.set("records", "1");
        Emulator.set("record", recordings.toString());
        Backend cuda = Devices.cuda();
        Sweep sweep = new Sweep("cuda, recorded", cuda, cuda, Extent.SMALL);
        for (Kind kind : Kind.values()) {
            sweep.run(kind);
        }
        for (String sanitizer : List.of("address", "thread")) {
            Finished finished = replayed(sanitizer, EmulatorBuild.kernelSources());
            assertEquals(0, finished.status(), finished::output);
            assertTrue(finished.output().lines().count() > 50, finished::output);
        }
    }
}
