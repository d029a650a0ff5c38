package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.io.Npy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backlight explain} on the bundled picture: the GPU's maps are the CPU's. */
class CudaExplainTest {
    /** As part of the largest relevance: ten times what the emulator's maps differ from the reference backend's. */
    private static final double MAP = 3e-6;

    /** Ten times what the emulator's integrated gradients differ from the vector backend's: a step's rectifier that opens or not. */
    private static final double INTEGRATED = 1e-3;

    /** Twice what the vector backend's map is from the reference backend's after 60 steps (the emulator's: 1e-6). */
    private static final double TRAINED = 3e-2;

    @TempDir
    private Path folder;

    /** The reference backend adds in double precision: what differs from it is rounding of the kernels. */
    @Test
    void theMapsAreThoseOfTheReference() {
        compare("reference", Map.of("learned", MAP, "guided", MAP, "rectgrad", MAP, "saliency", MAP), "--steps", "8");
    }

    /**
     * Adam divides gradients by their size, so that rounding grows with the steps: it is after few of them that the kernels
     * are held to the reference. Here training has only to end in the same place.
     */
    @Test
    void longWorkEndsWhereItDoesOnTheCpu() {
        compare("vector", Map.of("learned", TRAINED, "integrated-gradients", INTEGRATED));
    }

    /** Maps of the GPU and of another device, by method with the largest difference allowed. */
    private void compare(String device, Map<String, Double> methods, String... options) {
        String names = String.join(",", methods.keySet());
        Path onCuda = explained(Program.withDevice(), "cuda", names, options);
        Path onCpu = explained(Program.withoutDriver(), device, names, options);
        methods.forEach((method, part) -> assertAlike(method, map(onCpu, method), map(onCuda, method), part));
    }

    private static void assertAlike(String method, double[] expected, double[] found, double part) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], part * largest, method + " at " + i);
        }
    }

    private Path explained(Program program, String device, String methods, String... options) {
        Path out = folder.resolve(device);
        List<String> arguments =
                new ArrayList<>(List.of("explain", "--device", device, "--no-metrics", "--methods", methods));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--out", out.toString()));
        Finished finished = program.run(arguments.toArray(String[]::new));
        assertEquals(0, finished.status(), finished::output);
        assertTrue(finished.output().contains("on " + device), finished::output);
        return out;
    }

    private static double[] map(Path folder, String method) {
        return Npy.read(folder.resolve("chelsea-" + method + ".npy")).doubles();
    }
}
