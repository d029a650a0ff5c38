package dev.backlight.cli.console;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * How far a computation has come, on standard error: nothing in the first two seconds, then a bar with an estimate on a
 * terminal, and elsewhere a plain line now and then.
 */
public final class Meter implements AutoCloseable {
    private static final Duration QUIET = Duration.ofSeconds(2);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(15);
    private static final int MOST_LINES = 40;

    private final String task;
    private final PrintWriter err;
    private final Runnable check;
    private final long start = System.nanoTime();
    private long lastLine = start;
    private long firstDone = -1;
    private long firstTime;
    private @Nullable Boolean terminal;
    private @Nullable ProgressBar bar;

    /**
     * Begins to measure time.
     *
     * @param task what is done, as a line begins
     * @param err where lines go; a bar goes to the process's standard error
     * @param check run by every update; may throw
     */
    public Meter(String task, PrintWriter err, Runnable check) {
        this.task = task;
        this.err = err;
        this.check = check;
    }

    /**
     * Shows that {@code done} of {@code total} equal steps are finished.
     */
    public synchronized void update(long done, long total) {
        check.run();
        long now = System.nanoTime();
        if (firstDone < 0) {
            // The first step loads and compiles code, and what a resumed run had done before says nothing about speed.
            firstDone = done;
            firstTime = now;
        }
        if (now - start < QUIET.toNanos()) {
            return;
        }
        if (isTerminal()) {
            draw(done, total);
        } else if (done > 0 && done < total && (lastLine == start || now - lastLine > pause(now))) {
            lastLine = now;
            err.println(line(done, total, now));
            err.flush();
        }
    }

    /** Lines become rarer, so that a run of hours does not fill the screen. */
    private long pause(long now) {
        return Math.max(BETWEEN_LINES.toNanos(), (now - start) / MOST_LINES);
    }

    /** Takes the bar away; the next update draws it again. */
    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    private boolean isTerminal() {
        if (terminal == null) {
            terminal = Terminal.isStandardError();
        }
        return terminal;
    }

    private void draw(long done, long total) {
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                    .setUpdateIntervalMillis(200)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err))
                    .startsFrom(firstDone, Duration.ofNanos(System.nanoTime() - firstTime))
                    .clearDisplayOnFinish()
                    .build();
        }
        bar.maxHint(total);
        bar.stepTo(done);
    }

    private String line(long done, long total, long now) {
        String state = String.format(Locale.ROOT, "%s: %,d of %,d", task, done, total);
        long measured = done - firstDone;
        if (measured <= 0) {
            return state;
        }
        Duration left = Duration.ofMillis((now - firstTime) / 1_000_000 * (total - done) / measured);
        return state + ", about " + span(left) + " left";
    }

    /** A time span as people say it: {@code 40 s}, {@code 3 min}, {@code 2 h 5 min}. */
    public static String span(Duration duration) {
        long seconds = Math.max(1, Math.round(duration.toMillis() / 1000.0));
        if (seconds < 100) {
            return seconds + " s";
        }
        long minutes = Math.round(seconds / 60.0);
        return minutes < 100 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }
}
