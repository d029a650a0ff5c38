package dev.backlight.cli.console;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Whether standard error is a terminal, on which a line can be drawn again and again. */
final class Terminal {
    private static final int STANDARD_ERROR = 2;

    private Terminal() {}

    /**
     * Asks POSIX {@code isatty}: {@link System#console} speaks of standard input and output only, and those are often
     * redirected while progress is still looked at.
     */
    @SuppressWarnings("restricted") // calling C is the point
    static boolean isStandardError() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> isatty = linker.defaultLookup().find("isatty");
        if (isatty.isEmpty()) {
            return false; // no POSIX: lines will do
        }
        FunctionDescriptor signature = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        try {
            return (int) linker.downcallHandle(isatty.get(), signature).invokeExact(STANDARD_ERROR) == 1;
        } catch (Throwable e) { // what invokeExact declares; isatty itself throws nothing
            throw new IllegalStateException(e);
        }
    }
}
