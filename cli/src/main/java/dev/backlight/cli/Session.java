package dev.backlight.cli;

import dev.backlight.cli.console.Cancellation;
import dev.backlight.cli.console.Meter;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * What all commands of one run of the program share.
 *
 * @param out for results
 * @param err for progress, notes and errors
 * @param cancellation how the run is asked to stop
 */
record Session(PrintWriter out, PrintWriter err, Cancellation cancellation) {
    /** A line about something that the user should know but need not act on. */
    void note(String text) {
        err.println("note: " + text);
        err.flush();
    }

    /** The same session, in which notes go unheard. */
    Session withoutNotes() {
        return new Session(out, new PrintWriter(Writer.nullWriter()), cancellation);
    }

    /** Progress of one task. */
    Meter meter(String task) {
        return new Meter(task, err, cancellation::check);
    }

    /** Progress of a task that looks after interruptions itself. */
    Meter unhurriedMeter(String task) {
        return new Meter(task, err, () -> {});
    }
}
