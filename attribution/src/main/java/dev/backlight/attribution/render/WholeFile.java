package dev.backlight.attribution.render;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes files so that a reader, or an interruption, never meets half of one. */
final class WholeFile {
    private WholeFile() {}

    /** Writes to a temporary file beside {@code file}, then moves it there; folders are made as needed. */
    static void write(Path file, byte[] content) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("Cannot write to " + file + ": it is a folder; name a file.");
        }
        Files.createDirectories(folder);
        Path partial = folder.resolve(
                "." + file.getFileName() + ".part" + ProcessHandle.current().pid());
        try {
            Files.write(partial, content);
            move(partial, file);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
