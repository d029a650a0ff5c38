package dev.backlight.tests.cuda;

import dev.backlight.kernels.sweep.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One small change to Backlight's own kernels, of the sort that a tired programmer makes.
 *
 * @param module the family that is built with the change
 * @param file the source that is changed
 * @param original the text that is replaced where it occurs for the {@code nth} time, counted from 1
 * @param kind what of the sweep has to notice
 */
record Mutant(String module, String file, String original, int nth, String replacement, Kind kind) {
    static final String BARRIER = "__syncthreads();";

    static Mutant withoutBarrier(String module, String file, int nth, Kind kind) {
        return new Mutant(module, file, BARRIER, nth, "", kind);
    }

    static Mutant changed(String module, String file, String original, String replacement, Kind kind) {
        return new Mutant(module, file, original, 1, replacement, kind);
    }

    /** A folder of emulated modules in which one family is changed. */
    Path modules() {
        Path folder = EmulatorBuild.emptied(EmulatorBuild.OUT.resolve("mutant"));
        try {
            for (Path source : EmulatorBuild.filesOrLinksIn(EmulatorBuild.KERNELS)) {
                String text = Files.readString(source);
                boolean isChanged = source.getFileName().toString().equals(file);
                Files.writeString(folder.resolve(source.getFileName()), isChanged ? mutated(text) : text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Path> sources = new ArrayList<>(EmulatorBuild.kernelSources());
        sources.removeIf(source -> source.getFileName().toString().equals(module + ".cu"));
        sources.add(folder.resolve(module + ".cu"));
        return Emulator.build().modules("mutant-modules", sources);
    }

    private String mutated(String text) {
        int at = -1;
        for (int i = 0; i < nth; i++) {
            at = text.indexOf(original, at + 1);
            if (at < 0) {
                throw new IllegalStateException(file + " no longer contains '" + original + "' " + nth
                        + " times: choose another change for this test");
            }
        }
        return text.substring(0, at) + replacement + text.substring(at + original.length());
    }

    @Override
    public String toString() {
        return file + ": " + original + (nth > 1 ? " (" + nth + ")" : "") + " becomes "
                + (replacement.isEmpty() ? "nothing" : replacement);
    }
}
