package dev.backlight.cli;

import dev.backlight.cli.console.TextTable;
import dev.backlight.engine.backend.BackendProvider;
import dev.backlight.engine.backend.Backends;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code backlight devices}: what this machine can compute on, and why not on more. */
@Command(
        name = "devices",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = "Shows what can be computed on here: the CPU, GPUs, and their libraries.")
final class DevicesCommand implements Runnable {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    @ParentCommand
    private Backlight parent;

    @Override
    public void run() {
        PrintWriter out = parent.session().out();
        Runtime runtime = Runtime.getRuntime();
        TextTable machine = new TextTable("ll")
                .row("processor", processorName())
                .row("threads", runtime.availableProcessors() + " (--threads uses fewer)")
                .row("memory for Java", (runtime.maxMemory() >> 20) + " MiB");
        out.println("This machine");
        out.println(machine.toString().indent(2));
        out.println("Devices (--device), the preferred one first");
        for (BackendProvider provider : Backends.providers()) {
            TextTable facts = new TextTable("ll");
            provider.describe().forEach(facts::row);
            out.println("  " + provider.name() + ": " + provider.unavailable().orElse("available"));
            out.print(facts.toString().indent(4));
        }
    }

    private static String processorName() {
        try (Stream<String> lines = Files.lines(PROCESSORS)) {
            Optional<String> model =
                    lines.filter(line -> line.startsWith("model name")).findFirst();
            return model.map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
