package dev.backlight.engine.io;

import dev.backlight.engine.shape.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Several named arrays in NumPy's {@code .npz} format: a zip archive with one {@code .npy} file for each. */
public final class Npz {
    private static final String ENDING = ".npy";

    private Npz() {}

    /**
     * Reads all arrays, in the archive's order.
     *
     * @throws ModelFormatException where the file is missing, no zip archive, damaged, or holds other than arrays
     */
    public static Map<String, NamedArray> read(Path file) {
        HeapBudget budget = new HeapBudget(file.toString());
        Map<String, NamedArray> arrays = new LinkedHashMap<>();
        try (ZipContents zip = new ZipContents(file)) {
            for (String entry : zip.names()) {
                if (!entry.endsWith(ENDING)) {
                    throw new ModelFormatException(file + ": expected only .npy entries, found " + entry);
                }
                String where = file + ", entry " + entry;
                budget.take("entry " + entry, zip.size(entry));
                String name = entry.substring(0, entry.length() - ENDING.length());
                arrays.put(name, Npy.parse(name, MemorySegment.ofArray(zip.bytes(entry)), where, budget));
                budget.giveBack(zip.size(entry));
            }
        }
        return Collections.unmodifiableMap(arrays);
    }

    /** Writes arrays under their names, compressed; the file appears only when it is complete. */
    public static void write(Path file, Collection<NamedArray> arrays) {
        AtomicFile.write(file, out -> {
            ZipOutputStream zip = new ZipOutputStream(out);
            for (NamedArray array : arrays) {
                ZipEntry entry = new ZipEntry(array.name() + ENDING);
                entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0)); // the same arrays give the same bytes
                zip.putNextEntry(entry);
                Npy.write(array, zip);
                zip.closeEntry();
            }
            zip.finish();
        });
    }
}
