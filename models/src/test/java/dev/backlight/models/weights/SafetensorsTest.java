package dev.backlight.models.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    private Path file(String header, byte... data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(
                folder.resolve("a.safetensors"),
                bytes.putLong(text.length).put(text).put(data).array());
    }

    private static String refusal(Path file) {
        return String.valueOf(assertThrows(ModelFormatException.class, () -> Safetensors.read(file))
                .getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "F64, 000000000000f03f00000000000000c0, F64, 1, -2",
        "F32, 0000803f000000c0, F32, 1, -2",
        "F16, 003c00c0, F32, 1, -2",
        "BF16, 803f00c0, F32, 1, -2",
        "I64, 0100000000000000feffffffffffffff, I64, 1, -2",
        "I32, 01000000feffffff, I64, 1, -2",
        "I16, 0100feff, I64, 1, -2",
        "I8, 01fe, I64, 1, -2",
        "U8, 01fe, I64, 1, 254",
        "BOOL, 0100, I64, 1, 0",
    })
    void everyElementType(String type, String hex, DType dtype, double first, double second) throws IOException {
        byte[] data = HexFormat.of().parseHex(hex);
        String header = "{\"w\":{\"dtype\":\"%s\",\"shape\":[2],\"data_offsets\":[0,%d]}}".formatted(type, data.length);
        NamedArray read = Safetensors.read(file(header, data)).tensors().get("w");
        assertEquals(dtype, read.dtype());
        assertArrayEquals(new double[] {first, second}, read.doubles());
    }

    @Test
    void roundTripKeepsOrderShapesMetadataAndEveryBit() {
        StateDict written = StateDict.of(List.of(
                NamedArray.of("z", Shape.of(2, 2), 1f / 3, -0f, Float.MIN_VALUE, 4),
                NamedArray.of("ü", Shape.scalar(), 7L),
                NamedArray.of("none", Shape.of(0, 3), new float[0]),
                NamedArray.of("a", Shape.of(1), Math.PI)));
        Path file = folder.resolve("x.safetensors");
        Safetensors.write(file, written, Map.of("made by", "a \"test\""));
        Safetensors.Contents read = Safetensors.read(file);
        assertEquals(Map.of("made by", "a \"test\""), read.metadata());
        assertEquals(4, read.tensors().size());
        for (NamedArray array : written.arrays().values()) {
            NamedArray back = read.tensors().get(array.name());
            assertEquals(array.toString(), back.toString());
            assertTrue(Arrays.deepEquals(new Object[] {array.values()}, new Object[] {back.values()}));
        }
    }

    @Test
    void halfPrecisionRoundsToNearest() {
        StateDict written = StateDict.of(List.of(NamedArray.of("w", Shape.of(3), 1.0009f, -65504f, 1f / 3)));
        Path file = folder.resolve("x.safetensors");
        Safetensors.write(file, written, Map.of(), ElementType.F16);
        assertArrayEquals(
                new float[] {1 + 0x1p-10f, -65504f, 0x1.554p-2f},
                Safetensors.read(file).tensors().get("w").floats());
        Safetensors.write(file, written, Map.of(), ElementType.BF16);
        assertArrayEquals(
                new float[] {1f, -65536f, 0x1.56p-2f},
                Safetensors.read(file).tensors().get("w").floats());
    }

    @Test
    void bytesOfFloatingNumbersAreWidened() throws IOException {
        String header = "{\"w\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}";
        Path file = file(header, new byte[] {0x38, (byte) 0xB8, 0x40, 0x7E});
        assertArrayEquals(
                new float[] {1, -1, 2, 448},
                Safetensors.read(file).tensors().get("w").floats());
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        Path file = folder.resolve("x.safetensors");
        Safetensors.write(file, StateDict.of(List.of(NamedArray.of("w", Shape.of(3), 1f, 2f, 3f))), Map.of());
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            assertTrue(refusal(Files.write(file, Arrays.copyOf(whole, length))).contains("x.safetensors"));
        }
        assertTrue(refusal(Files.write(file, Arrays.copyOf(whole, whole.length + 1)))
                .contains("cover"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}; expected 8 bytes for shape 2",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,400]}}; tensor w: expected data",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}; tensor w: expected data",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}; at most 2147483647 elements",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}; at most 2147483647 elements",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2147483647],\"data_offsets\":[0,4]}}; heap",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}; elements",
                "{\"w\":{\"dtype\":\"F4\",\"shape\":[8],\"data_offsets\":[0,4]}}; found F4",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}; expected dtype, shape and two data_offsets",
                "{\"w\":3}; expected dtype, shape and two data_offsets",
                "[1,2]; expected a JSON object",
                "{\"w\":; expected a JSON header",
                "{}; cover",
            })
    void damagedHeadersAreNamed(String header, String expected) throws IOException {
        String message = refusal(file(header, new byte[4]));
        assertTrue(message.contains(expected), message);
    }

    @Test
    void hugeHeaderLengthsAreRefused() throws IOException {
        byte[] bytes = HexFormat.of().parseHex("ffffffffffffff7f7b7d");
        assertTrue(refusal(Files.write(folder.resolve("x.safetensors"), bytes)).contains("9223372036854775807"));
    }
}
