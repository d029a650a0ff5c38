package dev.backlight.engine.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
    @TempDir
    Path folder;

    /** A file as NumPy lays it out, built without the writer under test. */
    private Path file(int version, String descr, boolean fortran, String shape, byte... data) throws IOException {
        return file(
                version,
                "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }"
                        .formatted(descr, fortran ? "True" : "False", shape),
                data);
    }

    private Path file(int version, String header, byte... data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer bytes = ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(HexFormat.of().parseHex("934e554d5059")).put((byte) version).put((byte) 0);
        if (version == 1) {
            bytes.putShort((short) text.length);
        } else {
            bytes.putInt(text.length);
        }
        bytes.put(text).put(data);
        return Files.write(folder.resolve("a.npy"), Arrays.copyOf(bytes.array(), bytes.position()));
    }

    private static String refusal(Executable read) {
        return String.valueOf(assertThrows(ModelFormatException.class, read).getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "<f2, 0x003c00c0, F32, 1, -2",
        ">f2, 0x3c00c000, F32, 1, -2",
        "<f4, 0x0000803f000000c0, F32, 1, -2",
        ">f4, 0x3f800000c0000000, F32, 1, -2",
        "<f8, 0x000000000000f03f00000000000000c0, F64, 1, -2",
        ">f8, 0x3ff0000000000000c000000000000000, F64, 1, -2",
        "|b1, 0x0001, I64, 0, 1",
        "|i1, 0x01fe, I64, 1, -2",
        "|u1, 0x01fe, I64, 1, 254",
        "<i2, 0x0100feff, I64, 1, -2",
        ">u2, 0x0001fffe, I64, 1, 65534",
        "<i4, 0x01000000feffffff, I64, 1, -2",
        ">u4, 0x00000001fffffffe, I64, 1, 4294967294",
        "<i8, 0x0100000000000000feffffffffffffff, I64, 1, -2",
        ">u8, 0x0000000000000001000000000000000a, I64, 1, 10",
    })
    void widensEveryElementType(String descr, String hex, DType dtype, double first, double second) throws IOException {
        byte[] data = HexFormat.of().parseHex(hex.substring(2));
        for (int version = 1; version <= 3; version++) {
            NamedArray read = Npy.read(file(version, descr, false, "(2,)", data));
            assertEquals(dtype, read.dtype());
            assertArrayEquals(new double[] {first, second}, read.doubles());
            assertEquals("a", read.name());
        }
    }

    @Test
    void fortranOrderBecomesRowMajor() throws IOException {
        NamedArray read = Npy.read(file(1, "|u1", true, "(2, 3)", new byte[] {1, 4, 2, 5, 3, 6}));
        assertEquals(Shape.of(2, 3), read.shape());
        assertArrayEquals(new long[] {1, 2, 3, 4, 5, 6}, read.longs());
    }

    @Test
    void scalarsAndEmptyArrays() throws IOException {
        assertEquals(
                Shape.scalar(),
                Npy.read(file(1, "|u1", false, "()", new byte[] {7})).shape());
        assertEquals(Shape.of(0, 3), Npy.read(file(1, "<f4", false, "(0, 3)")).shape());
    }

    @Test
    void roundTripKeepsEveryBit() {
        float[] values = {0f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NEGATIVE_INFINITY, 1f / 3};
        for (NamedArray array : new NamedArray[] {
            NamedArray.of("x", Shape.of(1, 2, 3), values),
            NamedArray.of("x", Shape.of(3), 1 / 3.0, Double.MIN_VALUE, -1e300),
            NamedArray.of("x", Shape.of(2), Long.MIN_VALUE, Long.MAX_VALUE),
            NamedArray.of("x", Shape.scalar(), 5L),
        }) {
            Path file = folder.resolve("x.npy");
            Npy.write(file, array);
            NamedArray read = Npy.read(file);
            assertEquals(array.shape(), read.shape());
            assertEquals(array.toString(), read.toString());
            assertTrue(Arrays.deepEquals(new Object[] {array.values()}, new Object[] {read.values()}));
        }
    }

    /** The bytes that numpy.save gives for numpy.arange(3, dtype='f4'). */
    @Test
    void writesWhatNumpyWrites() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Npy.write(NamedArray.of("x", Shape.of(3), 0f, 1f, 2f), out);
        byte[] bytes = out.toByteArray();
        assertEquals(128 + 12, bytes.length);
        assertEquals(
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
                new String(bytes, 10, 118, StandardCharsets.ISO_8859_1).strip());
        assertEquals("0000803f", HexFormat.of().formatHex(bytes, 132, 136));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(4611686018427387904,)", "(65536, 65536)", "(2147483647,)", "(99999999999999999999,)"})
    void hugeShapesAreRefusedBeforeAllocating(String shape) throws IOException {
        Path file = file(1, "<f8", false, shape, new byte[8]);
        String message = refusal(() -> Npy.read(file));
        assertTrue(message.contains("a.npy, header"), message);
    }

    @ParameterizedTest
    @CsvSource({"<c8, <c8", "|O, |O", "<U5, <U5", "'', ''"})
    void otherElementTypesAreNamed(String descr, String named) throws IOException {
        Path file = file(1, descr, false, "(1,)", new byte[8]);
        String message = refusal(() -> Npy.read(file));
        assertTrue(message.endsWith("found " + named), message);
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(file(1, "<f4", false, "(2,)", new byte[8]));
        for (int length = 0; length < whole.length; length++) {
            Path cut = Files.write(folder.resolve("cut.npy"), Arrays.copyOf(whole, length));
            String message = refusal(() -> Npy.read(cut));
            assertTrue(message.contains("cut.npy"), message);
        }
    }

    @Test
    void missingFilesFoldersAndBadHeadersAreNamed() throws IOException {
        Path missing = folder.resolve("missing.npy");
        assertTrue(refusal(() -> Npy.read(missing)).contains("not exist"));
        assertThrows(ModelFormatException.class, () -> Npy.read(folder));
        Path bad = file(1, "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}", new byte[4]);
        String message = refusal(() -> Npy.read(bad));
        assertTrue(message.contains("'fortran_order'"), message);
    }

    @Test
    void npzRoundTripKeepsOrderAndNames() {
        Path file = folder.resolve("x.npz");
        var arrays = List.of(NamedArray.of("b/w", Shape.of(2), 1f, 2f), NamedArray.of("a", Shape.of(1, 1), 3L));
        Npz.write(file, arrays);
        var read = Npz.read(file);
        assertEquals(List.of("b/w", "a"), List.copyOf(read.keySet()));
        assertArrayEquals(new float[] {1, 2}, read.values().iterator().next().floats());
    }

    @Test
    void damagedArchivesAreRefused() throws IOException {
        Path file = folder.resolve("x.npz");
        Npz.write(file, List.of(NamedArray.of("a", Shape.of(1000), new float[1000])));
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 1, 4, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThrows(ModelFormatException.class, () -> Npz.read(file));
        }
        byte[] flipped = whole.clone();
        flipped[60] ^= 0x55;
        Files.write(file, flipped);
        assertThrows(ModelFormatException.class, () -> Npz.read(file));
    }

    @Test
    void anInterruptedWriteLeavesTheOldFile() throws IOException {
        Path file = Files.writeString(folder.resolve("kept.txt"), "old");
        assertThrows(
                BacklightException.class,
                () -> AtomicFile.write(file, out -> {
                    out.write(1);
                    throw new IOException("disk full");
                }));
        assertEquals("old", Files.readString(file));
        try (var left = Files.list(folder)) {
            assertEquals(1, left.count());
        }
        assertFalse(Files.exists(folder.resolve(".kept.txt")));
    }
}
