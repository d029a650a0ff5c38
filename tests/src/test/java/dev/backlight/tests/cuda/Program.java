package dev.backlight.tests.cuda;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The program as users start it, in a JVM of its own: the library path leads to the stand-in, as it leads to NVIDIA's driver
 * on their machines.
 */
final class Program {
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> flags = new ArrayList<>(List.of(
            "-Xmx2g",
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.awt.headless=true"));

    /** On a machine without NVIDIA's driver. */
    static Program withoutDriver() {
        return new Program();
    }

    /** With the device that tests are to run on. */
    static Program withDevice() {
        return Devices.areReal() ? new Program() : emulated();
    }

    static Program emulated() {
        Emulator.require();
        return withoutDriver()
                .with(
                        "LD_LIBRARY_PATH",
                        Emulator.build().driver().toAbsolutePath().toString())
                .with("CUDA_EMU_MODULES", Emulator.modules().toAbsolutePath().toString());
    }

    /** An environment variable. */
    Program with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Program flag(String flag) {
        flags.add(flag);
        return this;
    }

    /** Runs {@code backlight} with these arguments to its end. */
    Finished run(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.backlight.cli.Backlight"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return Finished.of(builder);
    }
}
