package dev.backlight.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the figures were measured on, as the operating system tells it.
 *
 * @param processor its name, with family and model, since virtual machines hide the name
 */
public record Machine(String processor, int threads, String memory, String system, String java) {
    static Machine here() throws IOException {
        String family = cpu("cpu family").map(f -> ", family " + f).orElse("")
                + cpu("model").map(m -> " model " + m).orElse("")
                + (hasAvx512() ? ", AVX-512" : "");
        return new Machine(
                cpu("model name").orElse(System.getProperty("os.arch")) + family,
                Runtime.getRuntime().availableProcessors(),
                field(Path.of("/proc/meminfo"), "MemTotal")
                        .map(Machine::gibibytes)
                        .orElse("unknown"),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + Runtime.version());
    }

    static boolean hasAvx512() throws IOException {
        return cpu("flags").filter(flags -> flags.contains("avx512f")).isPresent();
    }

    private static Optional<String> cpu(String name) throws IOException {
        return field(Path.of("/proc/cpuinfo"), name);
    }

    static Optional<String> field(Path file, String name) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.substring(0, Math.max(0, line.indexOf(':')))
                            .strip()
                            .equals(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        }
    }

    private static String gibibytes(String kibibytes) {
        return String.format(Locale.ROOT, "%.0f GiB", Double.parseDouble(kibibytes.replaceAll("[^0-9]", "")) / 0x1p20);
    }
}
