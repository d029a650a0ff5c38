package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Backlight;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs a main class in a process of its own, under conditions that handicap nobody. */
final class Forks {
    private Forks() {}

    /**
     * Runs it to its end, its output going to ours; the last argument is a file to which it writes what it found.
     *
     * @return the file's content, or nothing where the process failed
     */
    static Optional<String> run(Class<?> main, Job job, List<String> flags, List<String> arguments)
            throws IOException, InterruptedException {
        Path classPath = Files.createTempFile("backlight-benchmark", ".args");
        Path result = Files.createTempFile("backlight-benchmark", ".json");
        try {
            // In a file: ONNX Runtime 1.29 overflows its stack on a command line as long as the peers' class path.
            Files.writeString(classPath, "-cp \"" + System.getProperty("java.class.path") + "\"");
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-modules",
                    "jdk.incubator.vector",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Xlog:disable",
                    "-Xlog:all=error:stderr",
                    // JavaCPP's own limits on native memory are made for other programs.
                    "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                    "-Dorg.bytedeco.javacpp.maxBytes=0",
                    "-D" + Backlight.REVISION + "=" + System.getProperty(Backlight.REVISION, "")));
            command.addAll(flags);
            command.add("@" + classPath);
            command.add(main.getName());
            command.addAll(arguments);
            command.add(result.toString());
            ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
            builder.environment().putAll(environment(job));
            int status = builder.start().waitFor();
            String found = Files.readString(result);
            return status == 0 && !found.isEmpty() ? Optional.of(found) : Optional.empty();
        } finally {
            Files.deleteIfExists(classPath);
            Files.deleteIfExists(result);
        }
    }

    /** The launcher's flags of memory. */
    static List<String> launcherFlags() {
        return List.of(
                "-XX:+UseSerialGC",
                "-Xmn64m",
                "-XX:MinHeapFreeRatio=5",
                "-XX:MaxHeapFreeRatio=20",
                "-XX:MaxRAMPercentage=70");
    }

    /**
     * libtorch computes on OpenMP's threads; with threads of OpenBLAS beside them it takes up to ten times as long. OpenBLAS
     * finds a kernel of half the speed on some processors with AVX-512 unless it is told.
     */
    private static Map<String, String> environment(Job job) throws IOException {
        String threads = Integer.toString(job.threads());
        boolean isProduct = job.workload() == Workload.MATRIX_PRODUCT;
        Map<String, String> environment = new HashMap<>();
        environment.put("OMP_NUM_THREADS", threads);
        environment.put("OPENBLAS_NUM_THREADS", isProduct ? threads : "1");
        if (isProduct && Machine.hasAvx512()) {
            environment.put("OPENBLAS_CORETYPE", "SkylakeX");
        }
        return environment;
    }
}
