package dev.backlight.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.cli.console.Cancellation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs commands in this process and keeps what they print. */
final class Shell {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Cancellation cancellation;
    private final PrintWriter outWriter;

    Shell() {
        this.cancellation = new Cancellation();
        this.outWriter = new PrintWriter(out, true);
    }

    /** A shell in which somebody presses Ctrl-C as soon as standard output has shown this text; empty for at once. */
    static Shell interruptedAfter(String text) {
        return new Shell(text);
    }

    private Shell(String trigger) {
        cancellation = new Cancellation();
        if (trigger.isEmpty()) {
            cancellation.request();
        }
        outWriter = new PrintWriter(out, true) {
            @Override
            public void flush() {
                super.flush();
                if (out.toString().contains(trigger)) {
                    cancellation.request();
                }
            }
        };
    }

    /** Runs a command with one thread, and returns its exit code. */
    int run(String... args) {
        return Backlight.run(new Session(outWriter, new PrintWriter(err, true), cancellation), args);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    /** Runs a command that must succeed. */
    static Shell succeed(String... args) {
        Shell shell = new Shell();
        assertEquals(ExitCode.DONE, shell.run(args), shell::err);
        return shell;
    }

    /** Runs a command that must end with code 2 and one sentence that holds all of these texts. */
    static void refuse(List<String> args, String... expected) {
        Shell shell = new Shell();
        assertEquals(ExitCode.WRONG_INPUT, shell.run(args.toArray(String[]::new)), shell::err);
        List<String> lines =
                shell.err().lines().filter(line -> !line.startsWith("note: ")).toList();
        assertEquals(1, lines.size(), shell::err);
        for (String text : expected) {
            assertTrue(lines.getFirst().contains(text), () -> "expected \"" + text + "\" in: " + shell.err());
        }
        assertFalse(shell.err().contains("\tat "), shell::err);
    }

    /** A command line in parts. */
    static List<String> line(String command, Object... rest) {
        List<String> all = new ArrayList<>(List.of(command.split(" ")));
        Stream.of(rest).map(String::valueOf).forEach(all::add);
        return all;
    }
}
