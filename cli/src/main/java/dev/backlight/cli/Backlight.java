package dev.backlight.cli;

import dev.backlight.cli.console.Cancellation;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Entry point of {@code ./backlight}. */
@Command(
        name = "backlight",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = "Shows what an image classifier looks at, by propagation rules that can be learned.",
        footer = {"", "Run 'backlight COMMAND --help' for its options."},
        subcommands = {
            ExplainCommand.class,
            EvaluateCommand.class,
            ClassifyCommand.class,
            TrainCommand.class,
            InspectCommand.class,
            ConvertCommand.class,
            ListCommand.class,
            DevicesCommand.class
        })
public final class Backlight implements Runnable {
    @Spec
    private CommandSpec spec;

    private final Session session;

    private Backlight(Session session) {
        this.session = session;
    }

    /** Runs one command; {@link ExitCode} says what the process returns. */
    public static void main(String[] args) {
        VectorModule.ensureLoaded();
        System.setProperty("java.util.logging.SimpleFormatter.format", "backlight: %5$s%n");
        Cancellation cancellation = Cancellation.onShutdown();
        int code = run(new Session(writer(FileDescriptor.out), writer(FileDescriptor.err), cancellation), args);
        cancellation.finish();
        System.exit(code);
    }

    /** Runs one command in this process and returns its exit code. */
    static int run(Session session, String... args) {
        CommandLine line = new CommandLine(new Backlight(session));
        Failures failures = new Failures(session.err());
        line.setOut(session.out())
                .setErr(session.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(failures::usage)
                .setExecutionExceptionHandler(failures::execution);
        try {
            return line.execute(args);
        } catch (OutOfMemoryError e) {
            return failures.outOfMemory(e, line);
        } finally {
            session.out().flush();
            session.err().flush();
        }
    }

    Session session() {
        return session;
    }

    @Override
    public void run() {
        spec.commandLine().usage(session.out());
    }

    /** UTF-8 whatever the locale: where none is set, Java would write ? for ×, and terminals read UTF-8 nonetheless. */
    private static PrintWriter writer(FileDescriptor stream) {
        return new PrintWriter(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
    }
}
