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

    /** Of the largest value of a map. */
    private static final double TOLERANCE = 1e-3;

    @TempDir
    private Path folder;

    @Test
    void theMapsAreThoseOfTheCpu() {
        Path onCuda = explained(Program.emulated(), "cuda");
        Path onCpu = explained(Program.withoutDriver(), "vector");
        for (String method : METHODS) {
            double[] expected = map(onCpu, method);
            double[] found = map(onCuda, method);
            double largest =
                    Arrays.stream(expected).map(Math::abs).max().orElseThrow();
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], found[i], TOLERANCE * largest, method + " at " + i);
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
                "--steps",
                "20",
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
