package dev.backlight.models.weights;

import dev.backlight.engine.io.AtomicFile;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.io.HeapBudget;
import dev.backlight.engine.io.LittleEndianOutput;
import dev.backlight.engine.io.MappedFile;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights in the safetensors format: the length of a JSON header in 8 bytes, the header with every tensor's type, shape
 * and place, then the elements, little-endian.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class Safetensors {
    private Safetensors() {}

    /** What a file holds: the tensors, in the order of their data, and free text by key. */
    public record Contents(StateDict tensors, Map<String, String> metadata) {
        /** Copies the metadata. */
        public Contents {
            metadata = Map.copyOf(metadata);
        }
    }

    /**
     * Reads all tensors, of types F64 F32 F16 BF16 I64 I32 I16 I8 U64 U32 U16 U8 BOOL.
     *
     * @throws ModelFormatException where the file is missing, damaged, cut short or of another format
     */
    public static Contents read(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            return parse(MappedFile.map(file, arena), file.toString());
        }
    }

    /**
     * Reads all tensors from the bytes of a file.
     *
     * @param where what messages begin with
     * @throws ModelFormatException as for {@link #read(Path)}
     */
    public static Contents parse(byte[] file, String where) {
        return parse(MemorySegment.ofArray(file), where);
    }

    private static Contents parse(MemorySegment bytes, String where) {
        HeapBudget budget = new HeapBudget(where);
        SafetensorsHeader header = SafetensorsHeader.parse(bytes, where, budget);
        List<NamedArray> arrays = new ArrayList<>();
        for (SafetensorsHeader.Entry entry : header.entries()) {
            arrays.add(read(entry, bytes.asSlice(header.dataStart()), where, budget));
        }
        return new Contents(StateDict.of(arrays), header.metadata());
    }

    private static NamedArray read(SafetensorsHeader.Entry entry, MemorySegment data, String where, HeapBudget budget) {
        Shape shape = budget.take("tensor " + entry.name(), entry.type(), entry.sizes());
        long expected = shape.elements() * entry.type().bytes();
        if (entry.end() - entry.begin() != expected) {
            throw new ModelFormatException(where + ", tensor " + entry.name() + ": expected " + expected
                    + " bytes for shape " + shape + " of " + entry.type() + ", found "
                    + (entry.end() - entry.begin()));
        }
        Object values = entry.type().decode(data.asSlice(entry.begin(), expected), ByteOrder.LITTLE_ENDIAN);
        return new NamedArray(entry.name(), shape, entry.type().widened(), values);
    }

    /** Writes all tensors exactly; the file appears only when it is complete. */
    public static void write(Path file, StateDict tensors, Map<String, String> metadata) {
        write(file, tensors, metadata, ElementType.F32);
    }

    /**
     * Writes all tensors, with those of F32 rounded to another type.
     *
     * @param floats how to store F32: F32 to keep it, F16 or BF16 to halve the file
     */
    public static void write(Path file, StateDict tensors, Map<String, String> metadata, ElementType floats) {
        Map<NamedArray, ElementType> types = new LinkedHashMap<>();
        for (NamedArray array : tensors.arrays().values()) {
            types.put(array, array.dtype() == DType.F32 ? floats : ElementType.storing(array.dtype()));
        }
        byte[] header = SafetensorsHeader.format(types, metadata);
        AtomicFile.write(file, out -> {
            out.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .array());
            out.write(header);
            for (var entry : types.entrySet()) {
                LittleEndianOutput.write(entry.getKey(), entry.getValue(), out);
            }
        });
    }
}
