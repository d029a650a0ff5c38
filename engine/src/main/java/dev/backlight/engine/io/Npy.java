package dev.backlight.engine.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backlight.engine.shape.ModelFormatException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * One array in NumPy's {@code .npy} format, versions 1 to 3: magic, version, length of header, header, elements.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;

    private Npy() {}

    /**
     * Reads a file with elements f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1, in either byte order, in C or Fortran order.
     *
     * @return the array in row-major order, named as the file without its ending
     * @throws ModelFormatException where the file is missing, damaged, cut short or of another type
     */
    public static NamedArray read(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            String name = file.getFileName().toString().replaceFirst("\\.npy$", "");
            return parse(name, MappedFile.map(file, arena), file.toString(), new HeapBudget(file.toString()));
        }
    }

    /**
     * Reads an array from the bytes of a {@code .npy} file.
     *
     * @param where what messages begin with
     */
    static NamedArray parse(String name, MemorySegment bytes, String where, HeapBudget budget) {
        int start = headerStart(bytes, where);
        long length = start == 10
                ? bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 8) & 0xffff
                : bytes.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 8) & 0xffff_ffffL;
        if (length > bytes.byteSize() - start) {
            throw new ModelFormatException(where + ", byte 8: states a header of " + length + " bytes, but only "
                    + (bytes.byteSize() - start) + " follow");
        }
        NpyHeader header = NpyHeader.parse(text(bytes.asSlice(start, length), start == 12), where);
        var shape = budget.take("header", header.type(), header.sizes());
        MemorySegment data = bytes.asSlice(start + length);
        long expected = shape.elements() * header.type().bytes();
        if (data.byteSize() < expected) {
            throw new ModelFormatException(where + ": expected " + expected + " bytes for shape " + shape + ", found "
                    + data.byteSize() + " (the file is cut short)");
        }
        Object stored = header.type().decode(data.asSlice(0, expected), header.order());
        Object values = header.fortran() ? Strided.rowMajor(stored, shape, Strided.columnMajor(shape)) : stored;
        return new NamedArray(name, shape, header.type().widened(), values);
    }

    /** Checks magic and version; version 1 counts the header in 2 bytes, 2 and 3 in 4. */
    private static int headerStart(MemorySegment bytes, String where) {
        byte[] magic =
                bytes.asSlice(0, Math.min(MAGIC.length, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new ModelFormatException(
                    where + ", byte 0: expected the magic \\x93NUMPY of a .npy file, found other bytes");
        }
        if (bytes.byteSize() < 12) {
            throw new ModelFormatException(
                    where + ": expected a header from byte 6 on, found only " + bytes.byteSize() + " bytes in all");
        }
        int version = bytes.get(ValueLayout.JAVA_BYTE, 6);
        if (version < 1 || version > 3) {
            throw new ModelFormatException(where + ", byte 6: expected version 1, 2 or 3, found " + version);
        }
        return version == 1 ? 10 : 12;
    }

    private static String text(MemorySegment header, boolean utf8) {
        return new String(header.toArray(ValueLayout.JAVA_BYTE), utf8 ? UTF_8 : ISO_8859_1);
    }

    /** Writes one array as f4, f8 or i8 in C order; the file appears only when it is complete. */
    public static void write(Path file, NamedArray array) {
        AtomicFile.write(file, out -> write(array, out));
    }

    /** Writes the bytes of a {@code .npy} file. */
    public static void write(NamedArray array, OutputStream out) throws IOException {
        String type = switch (array.dtype()) {
            case F32 -> "<f4";
            case F64 -> "<f8";
            case I64 -> "<i8";
        };
        String sizes = Arrays.stream(array.shape().sizes())
                .mapToObj(size -> size + ",")
                .collect(Collectors.joining(" ", "(", ")"));
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + sizes + ", }";
        int before = MAGIC.length + 4;
        int padding = ALIGNMENT - 1 - (before + header.length()) % ALIGNMENT;
        String padded = header + " ".repeat(padding) + "\n"; // elements start at a multiple of 64
        out.write(ByteBuffer.allocate(before)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put(new byte[] {1, 0})
                .putShort((short) padded.length())
                .array());
        out.write(padded.getBytes(ISO_8859_1));
        LittleEndianOutput.write(array, out);
    }
}
