package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.io.Npy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backlight explain} on the bundled picture: the GPU's maps are the CPU's. */
class CudaExplainTest {
    private static final List<String> METHODS =
            List.of("learned", "guided", "rectgrad", "integrated-gradients", "saliency");

    private static final double TOLERANCE = 1e-3;

    /** Adam divides gradients by their size, so that 60 steps make rounding a hundred times as large. */
    private static final double LEARNED_TOLERANCE = 3e-3;

    @TempDir
    private Path folder;

    @Test
    void theMapsAreThoseOfTheCpu() {
        Path onCuda = explained(Program.withDevice(), "cuda");
        Path onCpu = explained(Program.withoutDriver(), "vector");
        for (String method : METHODS) {
            double[] expected = map(onCpu, method);
            double[] found = map(onCuda, method);
            double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
            double part = method.equals("learned") ? LEARNED_TOLERANCE : TOLERANCE;
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], found[i], Math.min(TOLERANCE, part * largest), method + " at " + i);
            }
        }
    }

    private Path explained(Program program, String device) {
        Path out = folder.resolve(device);
        Finished finished = program.run(
                "explain",
                "--device",
                device,
                "--methods",
                String.join(",", METHODS),
                "--no-metrics",
                "--out",
                out.toString());
        assertEquals(0, finished.status(), finished::output);
        assertTrue(finished.output().contains("on " + device), finished::output);
        return out;
    }

    private static double[] map(Path folder, String method) {
        return Npy.read(folder.resolve("chelsea-" + method + ".npy")).doubles();
    }
}
