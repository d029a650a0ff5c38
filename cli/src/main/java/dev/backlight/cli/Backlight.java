package dev.backlight.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of {@code ./backlight}. */
@Command(
        name = "backlight",
        mixinStandardHelpOptions = true,
        version = "backlight 0.1.0-SNAPSHOT",
        description = "Shows what an image classifier looks at, by propagation rules that can be learned.")
public final class Backlight implements Runnable {

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private Backlight() {}

    /** Runs one command; the process exits with 0, or with 2 when the input was wrong. */
    public static void main(String[] args) {
        VectorModule.ensureLoaded();
        System.exit(new CommandLine(new Backlight()).execute(args));
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
