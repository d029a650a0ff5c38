package dev.backlight.cli;

import dev.backlight.engine.shape.BacklightException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks before a long computation whether its results can be written. */
final class OutputFolder {
    private OutputFolder() {}

    /**
     * Makes the folder where it is missing, and tries to write into it.
     *
     * @throws BacklightException when that fails, with the reason
     */
    static void requireWritable(Path folder) {
        Path obstacle = folder.toAbsolutePath();
        while (!Files.exists(obstacle) && obstacle.getParent() != null) {
            obstacle = obstacle.getParent();
        }
        if (!Files.isDirectory(obstacle)) {
            throw new BacklightException("cannot write to " + folder + ": " + obstacle
                    + " is a file, not a folder; choose another with --out");
        }
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".backlight", ".part"));
        } catch (IOException e) {
            throw new BacklightException(
                    "cannot write to " + folder + ": the folder " + obstacle
                            + " allows no new files; choose another with --out",
                    e);
        }
    }
}
