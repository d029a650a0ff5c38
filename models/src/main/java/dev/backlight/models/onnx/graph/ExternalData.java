package dev.backlight.models.onnx.graph;

import dev.backlight.engine.io.MappedFile;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.onnx.proto.StringStringEntryProto;
import dev.backlight.models.onnx.proto.TensorProto;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The files beside a model that hold its large tensors; none outside the model's folder is ever opened. */
final class ExternalData {
    private final Path model;
    private final Arena arena;
    private final Map<Path, MemorySegment> mapped = new HashMap<>();

    ExternalData(Path model, Arena arena) {
        this.model = model;
        this.arena = arena;
    }

    /** The bytes of a tensor, of which there must be {@code expected}. */
    MemorySegment bytes(TensorProto tensor, String what, long expected) {
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            entries.put(entry.getKey(), entry.getValue());
        }
        String location = entries.get("location");
        if (location == null) {
            throw new ModelFormatException(model + ", " + what + ": states no location of its external data");
        }
        boolean isOwn = location.equals(Skeleton.OWN_FILE);
        MemorySegment file =
                mapped.computeIfAbsent(isOwn ? model : confined(location, what), path -> MappedFile.map(path, arena));
        long offset = number(entries.getOrDefault("offset", "0"), what);
        long length = number(entries.getOrDefault("length", Long.toString(expected)), what);
        if (isOwn && length != expected) {
            throw new ModelFormatException(
                    model + ", " + what + ": expected " + expected + " bytes for its shape, found " + length);
        }
        if (length != expected || offset > file.byteSize() - length) {
            throw new ModelFormatException(model + ", " + what + ": expected " + expected + " bytes at " + offset
                    + " of its external file " + location + " (" + file.byteSize() + " bytes), found a length of "
                    + length);
        }
        return file.asSlice(offset, length);
    }

    private Path confined(String location, String what) {
        Path folder = model.toAbsolutePath().normalize().resolveSibling("");
        try {
            Path file = folder.resolve(location).normalize();
            boolean isInside = !Path.of(location).isAbsolute() && file.startsWith(folder);
            // What links lead to counts, and not where they lie.
            if (isInside && (Files.notExists(file) || file.toRealPath().startsWith(folder.toRealPath()))) {
                return file;
            }
        } catch (IOException e) {
            throw MappedFile.unreadable(model.resolveSibling(location), e);
        } catch (InvalidPathException e) {
            throw new ModelFormatException(model + ", " + what + ": \"" + location + "\" is no path of a file", e);
        }
        throw new ModelFormatException(model + ", " + what + ": its external data lies at " + location
                + ", outside the model's folder, where nothing is read");
    }

    private long number(String text, String what) {
        String complaint =
                model + ", " + what + ": expected a count of bytes for its external data, found \"" + text + "\"";
        try {
            long value = Long.parseLong(text);
            if (value < 0) {
                throw new ModelFormatException(complaint);
            }
            return value;
        } catch (NumberFormatException e) {
            throw new ModelFormatException(complaint, e);
        }
    }
}
