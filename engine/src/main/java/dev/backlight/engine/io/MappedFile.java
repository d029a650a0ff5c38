package dev.backlight.engine.io;

import dev.backlight.engine.shape.ModelFormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whole files as memory, paged in by the system as they are read. */
public final class MappedFile {
    private MappedFile() {}

    /**
     * Maps a file read-only for as long as {@code arena} is open.
     *
     * @throws ModelFormatException where the file is missing, a folder, unreadable or empty
     */
    public static MemorySegment map(Path file, Arena arena) {
        requireReadable(file);
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() == 0) {
                throw new ModelFormatException(file + " is empty: it has 0 bytes");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Says what is wrong where {@code file} is not an existing, readable, ordinary file. */
    public static void requireReadable(Path file) {
        if (!Files.exists(file)) {
            throw new ModelFormatException("file " + file + " does not exist: check the path");
        }
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException(file + " is not a file but a folder or a device");
        }
        if (!Files.isReadable(file)) {
            throw new ModelFormatException("file " + file + " cannot be read: its permissions forbid it");
        }
    }

    /** What to throw where reading a file failed. */
    public static ModelFormatException unreadable(Path file, IOException cause) {
        return new ModelFormatException("cannot read " + file + ": " + cause.getMessage(), cause);
    }
}
