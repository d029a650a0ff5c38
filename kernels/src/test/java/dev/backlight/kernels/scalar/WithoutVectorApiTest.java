package dev.backlight.kernels.scalar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.BackendProvider;
import dev.backlight.engine.backend.Backends;
import dev.backlight.kernels.sweep.Kind;
import dev.backlight.kernels.sweep.Sweep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A JVM started without the module of the Vector API takes the scalar backend, says why, and computes with it. */
class WithoutVectorApiTest {
    private static final String DONE = "computed without the Vector API";

    /** What the JVM without the module runs. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            for (BackendProvider provider : Backends.providers()) {
                System.out.println(
                        provider.name() + ": " + provider.unavailable().orElse("available"));
            }
            System.out.println("best: " + Backends.best(2).name());
            Sweep sweep = new Sweep("scalar without the Vector API", threads -> Backends.named("scalar", threads));
            List.of(
                            Kind.INPUT_GRADIENT,
                            Kind.MATRIX_PRODUCT,
                            Kind.MAX_POOL_INDICES,
                            Kind.REDUCTION,
                            Kind.LEARNED_RULE,
                            Kind.CHAIN,
                            Kind.MOVEMENT)
                    .forEach(sweep::run);
            System.out.println(DONE);
        }
    }

    @Test
    void fallsBackToTheScalarBackend() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName())
                .redirectErrorStream(true)
                .start();
        List<String> lines = process.inputReader().lines().toList();
        String output = String.join("\n", lines);
        assertEquals(0, process.waitFor(), output);
        assertTrue(lines.contains("best: scalar"), output);
        assertTrue(lines.contains(DONE), output);
        String vector = "vector: the JVM was started without the Vector API; add --add-modules jdk.incubator.vector";
        assertTrue(lines.contains(vector), output);
    }
}
