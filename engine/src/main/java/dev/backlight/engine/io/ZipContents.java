package dev.backlight.engine.io;

import dev.backlight.engine.shape.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A zip archive whose entries are read whole, once their stated sizes have been found plausible. */
public final class ZipContents implements AutoCloseable {
    /** Deflate cannot do better than 258 bytes for 2 bits: 1032 to 1. */
    private static final long GREATEST_EXPANSION = 1032;

    private final Path file;
    private final ZipFile zip;

    /** @throws ModelFormatException where the file cannot be read or is no zip archive */
    public ZipContents(Path file) {
        MappedFile.requireReadable(file);
        this.file = file;
        try {
            this.zip = new ZipFile(file.toFile());
        } catch (IOException e) {
            throw new ModelFormatException(
                    file + " is not a whole zip archive: " + e.getMessage() + " (cut short or of another format)", e);
        }
    }

    /** The names of all entries that are not folders, in the archive's order. */
    public List<String> names() {
        return zip.stream()
                .filter(entry -> !entry.isDirectory())
                .map(ZipEntry::getName)
                .toList();
    }

    public boolean contains(String name) {
        return zip.getEntry(name) != null;
    }

    /**
     * The stated size of an entry in bytes.
     *
     * @throws ModelFormatException where there is no such entry or its size is impossible
     */
    public long size(String name) {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new ModelFormatException(file + ": expected an entry " + name + " in the archive, found none");
        }
        if (entry.getSize() < 0 || entry.getSize() / GREATEST_EXPANSION > entry.getCompressedSize()) {
            throw new ModelFormatException(file + ", entry " + name + ": states " + entry.getSize()
                    + " bytes, which its " + entry.getCompressedSize() + " compressed bytes cannot hold");
        }
        return entry.getSize();
    }

    /**
     * The bytes of an entry. May be called by several threads at once.
     *
     * @throws ModelFormatException where the entry is missing, damaged, or of 2³¹ bytes or more
     */
    public byte[] bytes(String name) {
        long size = size(name);
        if (size > Integer.MAX_VALUE - 8) {
            throw new ModelFormatException(file + ", entry " + name + ": has " + size
                    + " bytes, more than the 2147483639 that one Java array holds");
        }
        try (InputStream in = zip.getInputStream(new ZipEntry(name))) {
            byte[] bytes = in.readNBytes((int) size);
            if (bytes.length != size || in.read() >= 0) {
                throw new ModelFormatException(file + ", entry " + name + ": expected " + size + " bytes, found "
                        + (bytes.length < size ? "only " + bytes.length : "more"));
            }
            return bytes;
        } catch (IOException e) {
            throw new ModelFormatException(file + ", entry " + name + " is damaged: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw MappedFile.unreadable(file, e);
        }
    }
}
