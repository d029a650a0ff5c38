package dev.backlight.cli;

import dev.backlight.engine.shape.BacklightException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever went wrong into one sentence and an exit code. */
final class Failures {
    private static final String VERBOSE = "--verbose";

    private final PrintWriter err;

    Failures(PrintWriter err) {
        this.err = err;
    }

    /** Options that make no sense: the sentence, what was probably meant, and where to read more. */
    int usage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        err.println(name + ": " + String.valueOf(e.getMessage()).replace(System.lineSeparator(), " "));
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Run '" + name + " --help' for its options.");
        err.flush();
        return ExitCode.WRONG_INPUT;
    }

    /** A command that began and could not finish. */
    int execution(Exception e, CommandLine command, ParseResult parsed) {
        return report(e, command, isVerbose(parsed));
    }

    /** The heap was too small for what was asked. */
    int outOfMemory(OutOfMemoryError e, CommandLine command) {
        long megabytes = Runtime.getRuntime().maxMemory() >> 20;
        err.println(
                command.getCommandName() + ": the " + megabytes + " MB of memory that Java may use are not enough for"
                        + " this; choose a smaller --batch, or allow more with BACKLIGHT_JVM_OPTIONS=-Xmx12g");
        err.flush();
        return ExitCode.WRONG_INPUT;
    }

    private int report(Throwable e, CommandLine command, boolean verbose) {
        String name = command.getCommandSpec().qualifiedName();
        int code = ExitCode.WRONG_INPUT;
        switch (e) {
            case CancellationException cancelled -> {
                err.println(name + ": interrupted" + resumption(command));
                err.flush();
                return ExitCode.INTERRUPTED;
            }
            case BacklightException known -> err.println(name + ": " + known.getMessage());
            case UncheckedIOException io -> err.println(name + ": " + sentence(Objects.requireNonNull(io.getCause())));
            case IOException io -> err.println(name + ": " + sentence(io));
            default -> {
                err.println(name + ": internal error, which should not happen: " + e);
                code = ExitCode.FAULT;
            }
        }
        if (verbose) {
            e.printStackTrace(err);
        } else if (code == ExitCode.FAULT) {
            err.println("Run it again with " + VERBOSE + " for the stack trace, and report it please.");
        }
        err.flush();
        return code;
    }

    private static String resumption(CommandLine command) {
        String how = command.getCommand() instanceof Resumable resumable ? resumable.howToResume() : "";
        return how.isEmpty() ? "" : "; " + how;
    }

    private static String sentence(IOException e) {
        return e instanceof FileSystemException problem && problem.getReason() == null
                ? "cannot use " + problem.getFile() + " (" + e.getClass().getSimpleName() + ")"
                : String.valueOf(e.getMessage());
    }

    private static boolean isVerbose(ParseResult parsed) {
        ParseResult leaf = parsed;
        while (leaf.hasSubcommand()) {
            leaf = leaf.subcommand();
        }
        return leaf.hasMatchedOption(VERBOSE);
    }
}
