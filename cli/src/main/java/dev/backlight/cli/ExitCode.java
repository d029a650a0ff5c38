package dev.backlight.cli;

/** What a process returns. */
final class ExitCode {
    static final int DONE = 0;
    /** A fault of the program. */
    static final int FAULT = 1;
    /** Something that the user can put right: options, files, a machine without the device asked for. */
    static final int WRONG_INPUT = 2;
    /** 128 + SIGINT, as shells have it. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
