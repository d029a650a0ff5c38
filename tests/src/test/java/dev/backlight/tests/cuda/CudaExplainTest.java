package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.io.Npy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backlight explain} on the bundled picture: the GPU's maps are the CPU's. */
class CudaExplainTest {
    /** As part of the largest relevance: ten times what the emulator's maps differ from the reference backend's. */
    private static final double MAP = 3e-6;

    /** Of the reference's norm: integrated gradients differ by 4e-4 on every CPU backend, by 2e-2 where one of 50 steps is left out. */
    private static final double INTEGRATED = 5e-3;

    /**
     * Of the reference's norm: the vector backend's map differs by .02 to .08 after 60 steps, by its vectors' width; a map of
     * 50 steps by .26.
     */
    private static final double TRAINED = 0.2;

    @TempDir
    private Path folder;

    /** The reference backend adds in double precision: what differs from it is rounding of the kernels. */
    @Test
    void theMapsAreThoseOfTheReference() {
        Map<String, Double> parts = Map.of("learned", MAP, "guided", MAP, "rectgrad", MAP, "saliency", MAP);
        compare("reference", parts, CudaExplainTest::largestDifference, "--steps", "8");
    }

    /**
     * Adam divides gradients by their size, so that rounding grows with the steps: it is after few of them that the kernels
     * are held to the reference, pixel by pixel. Here training has only to end in the same place.
     */
    @Test
    void longWorkEndsWhereItDoesOnTheCpu() {
        Map<String, Double> parts = Map.of("learned", TRAINED, "integrated-gradients", INTEGRATED);
        compare("vector", parts, CudaExplainTest::distance);
    }

    /** Maps of the GPU and of another device, by method with the largest difference allowed as part of the other's size. */
    private void compare(
            String device,
            Map<String, Double> parts,
            ToDoubleBiFunction<double[], double[]> measure,
            String... options) {
        String names = String.join(",", parts.keySet());
        Path onCuda = explained(Program.withDevice(), "cuda", names, options);
        Path onCpu = explained(Program.withoutDriver(), device, names, options);
        parts.forEach((method, part) -> {
            double difference = measure.applyAsDouble(map(onCpu, method), map(onCuda, method));
            assertTrue(difference <= part, () -> method + " differs by " + difference + " of its size");
        });
    }

    /** {@code max |found - expected| / max |expected|}. */
    private static double largestDifference(double[] expected, double[] found) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        return indices(expected)
                        .mapToDouble(i -> Math.abs(found[i] - expected[i]))
                        .max()
                        .orElseThrow()
                / largest;
    }

    /** {@code ‖found - expected‖ / ‖expected‖}. */
    private static double distance(double[] expected, double[] found) {
        double apart = indices(expected)
                .mapToDouble(i -> Math.pow(found[i] - expected[i], 2))
                .sum();
        return Math.sqrt(apart
                / indices(expected).mapToDouble(i -> expected[i] * expected[i]).sum());
    }

    private static IntStream indices(double[] map) {
        return IntStream.range(0, map.length);
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
