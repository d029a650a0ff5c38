package dev.backlight.models.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.SharedData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PytorchCheckpointTest {
    @TempDir
    Path folder;

    private Path zip(byte[] pickle, Map<String, byte[]> storages) throws IOException {
        Path file = folder.resolve("model.pth");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write(pickle);
            for (var storage : storages.entrySet()) {
                zip.putNextEntry(new ZipEntry("archive/data/" + storage.getKey()));
                zip.write(storage.getValue());
            }
        }
        return file;
    }

    private static byte[] littleEndian(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    private static String refusal(Path file) {
        return String.valueOf(assertThrows(ModelFormatException.class, () -> PytorchCheckpoint.read(file))
                .getMessage());
    }

    private Path oneTensor(String storage, int elements, int offset, int[] sizes, int[] strides, byte[] data)
            throws IOException {
        byte[] pickle = new PickleWriter()
                .beginOrderedDict()
                .tensor("w", storage, "0", elements, offset, sizes, strides)
                .endItems()
                .finish();
        return zip(pickle, Map.of("0", data));
    }

    @Test
    void stridedViewsOfOneStorageBecomeRowMajor() throws IOException {
        byte[] pickle = new PickleWriter()
                .beginOrderedDict()
                .tensor("module.plain", "FloatStorage", "0", 6, 0, new int[] {2, 3}, new int[] {3, 1})
                .tensor("module.transposed", "FloatStorage", "0", 6, 0, new int[] {3, 2}, new int[] {1, 3})
                .tensor("module.offset", "FloatStorage", "0", 6, 4, new int[] {2}, new int[] {1})
                .tensor("module.expanded", "FloatStorage", "0", 6, 5, new int[] {2, 2}, new int[] {0, 0})
                .tensor("module.scalar", "FloatStorage", "0", 6, 2, new int[] {}, new int[] {})
                .endItems()
                .finish();
        StateDict read = PytorchCheckpoint.read(zip(pickle, Map.of("0", littleEndian(0, 1, 2, 3, 4, 5))))
                .withoutPrefix("module.");
        assertEquals(List.of("plain", "transposed", "offset", "expanded", "scalar"), read.names());
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, read.get("plain").floats());
        assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, read.get("transposed").floats());
        assertArrayEquals(new float[] {4, 5}, read.get("offset").floats());
        assertArrayEquals(new float[] {5, 5, 5, 5}, read.get("expanded").floats());
        assertEquals(Shape.scalar(), read.get("scalar").shape());
        assertEquals(2, read.get("scalar").floats()[0]);
    }

    @ParameterizedTest
    @CsvSource({
        "HalfStorage, 003c00c0, 1, -2",
        "BFloat16Storage, 803f00c0, 1, -2",
        "DoubleStorage, 000000000000f03f00000000000000c0, 1, -2",
        "LongStorage, 0100000000000000feffffffffffffff, 1, -2",
        "IntStorage, 01000000feffffff, 1, -2",
        "ShortStorage, 0100feff, 1, -2",
        "CharStorage, 01fe, 1, -2",
        "ByteStorage, 01fe, 1, 254",
        "BoolStorage, 0100, 1, 0",
    })
    void everyStorageType(String storage, String hex, double first, double second) throws IOException {
        Path file = oneTensor(
                storage, 2, 0, new int[] {2}, new int[] {1}, HexFormat.of().parseHex(hex));
        assertArrayEquals(
                new double[] {first, second},
                PytorchCheckpoint.read(file).get("w").doubles());
    }

    @Test
    void wrappersMetadataAndParametersAreSeenThrough() throws IOException {
        PickleWriter pickle = new PickleWriter();
        pickle.op('}', '(').text("epoch").number(3).text("state_dict").beginOrderedDict();
        pickle.text("w").global("torch._utils", "_rebuild_parameter").op('(');
        pickle.global("torch._utils", "_rebuild_tensor_v2").op('(');
        pickle.op('(')
                .text("storage")
                .global("torch", "FloatStorage")
                .text("0")
                .text("cuda:0")
                .number(1)
                .op('t', 'Q');
        pickle.number(0)
                .numbers(1)
                .numbers(1)
                .op(0x88)
                .global("collections", "OrderedDict")
                .op(')', 'R', 't', 'R');
        pickle.op(0x88)
                .global("collections", "OrderedDict")
                .op(')', 'R', 't', 'R')
                .endItems();
        pickle.op('}').text("_metadata").op('}', 's', 'b').endItems();
        StateDict read = PytorchCheckpoint.read(zip(pickle.finish(), Map.of("0", littleEndian(7))));
        assertEquals(List.of("w"), read.names());
        assertEquals(7, read.get("w").floats()[0]);
    }

    @ParameterizedTest
    @CsvSource({"os, system", "posix, system", "builtins, eval", "torch, load", "numpy.core.multiarray, scalar"})
    void everyOtherPythonNameIsRefused(String module, String name) throws IOException {
        byte[] pickle = new PickleWriter()
                .global(module, name)
                .op('(')
                .text("echo")
                .op('t', 'R')
                .finish();
        String message = refusal(zip(pickle, Map.of()));
        assertTrue(message.contains("the Python name " + module + "." + name + ", which is refused"), message);
    }

    @Test
    void opcodesThatBuildObjectsAreRefused() throws IOException {
        for (int opcode : new int[] {'i', 'o', 0x82, 0x92, 'P', 'B', 0x8f}) {
            String message = refusal(zip(new PickleWriter().op(opcode).finish(), Map.of()));
            assertTrue(message.contains("opcode 0x" + Integer.toHexString(opcode)), message);
        }
    }

    @Test
    void viewsOutsideTheirStorageAreRefused() throws IOException {
        int[][] cases = {{6, 1, 3}, {6, 0, 4}, {6, -1, 1}, {6, 0, -1}, {2000000000, 1000000000, 2}};
        for (int[] c : cases) {
            Path file = oneTensor("FloatStorage", c[0], c[1], new int[] {2, 3}, new int[] {c[2], 1}, new byte[24]);
            assertTrue(refusal(file).contains("tensor w"), refusal(file));
        }
    }

    @Test
    void hugeSizesAreRefusedBeforeAllocating() throws IOException {
        int most = Integer.MAX_VALUE;
        String message = refusal(oneTensor("FloatStorage", 1, 0, new int[] {most, 1}, new int[] {0, 0}, new byte[4]));
        assertTrue(message.contains("heap"), message);
        message = refusal(oneTensor("FloatStorage", 1, 0, new int[] {most, most}, new int[] {0, 0}, new byte[4]));
        assertTrue(message.contains("at most 2147483647 elements"), message);
    }

    @Test
    void shortAndMissingStoragesAreRefused() throws IOException {
        Path shortened = oneTensor("FloatStorage", 6, 0, new int[] {6}, new int[] {1}, new byte[20]);
        assertTrue(refusal(shortened).contains("expected storage 0 of 6 F32 elements, found 20 bytes"));
        byte[] pickle = new PickleWriter()
                .beginOrderedDict()
                .tensor("w", "FloatStorage", "5", 1, 0, new int[] {1}, new int[] {1})
                .endItems()
                .finish();
        assertTrue(refusal(zip(pickle, Map.of())).contains("archive/data/5"));
    }

    @Test
    void everyTruncationOfAPickleIsRefused() throws IOException {
        byte[] pickle = new PickleWriter()
                .beginOrderedDict()
                .tensor("w", "FloatStorage", "0", 1, 0, new int[] {1}, new int[] {1})
                .endItems()
                .finish();
        for (int length = 0; length < pickle.length; length++) {
            assertTrue(refusal(zip(Arrays.copyOf(pickle, length), Map.of("0", new byte[4])))
                    .contains("data.pkl"));
        }
    }

    @Test
    void containersThatContainThemselvesEndInASentence() throws IOException {
        // memo 0 = [], which is appended to itself and then used as a key
        byte[] cyclic = new PickleWriter().op(']', 'q', 0, 'h', 0, 'a').finish();
        assertTrue(refusal(zip(cyclic, Map.of())).contains("found a list of 1 items"));
        byte[] keyed =
                new PickleWriter().op('}', ']', 'q', 0, 'h', 0, 'a', 'N', 's').finish();
        assertTrue(refusal(zip(keyed, Map.of())).contains("as key"));
    }

    @Test
    void otherFilesAreNoCheckpoints() throws IOException {
        Path text = Files.writeString(folder.resolve("readme.pth"), "not a checkpoint at all");
        assertTrue(refusal(text).contains("expected a file of torch.save"));
        Path empty = Files.write(folder.resolve("empty.pth"), new byte[0]);
        assertTrue(refusal(empty).contains("empty"));
        Path archive = folder.resolve("other.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            zip.putNextEntry(new ZipEntry("a.txt"));
        }
        assertTrue(refusal(archive).contains("data.pkl"));
        byte[] noTensors =
                new PickleWriter().op('}', '(').text("epoch").number(1).op('u').finish();
        assertTrue(refusal(zip(noTensors, Map.of())).contains("found the entries epoch"));
    }

    @Test
    void realResNet20OfTheFormatBefore16() {
        Path file = SharedData.require("pth/resnet20-12fca82f.th");
        StateDict read = PytorchCheckpoint.read(file).withoutPrefix("module.");
        assertEquals("conv1.weight", read.names().getFirst());
        assertEquals(Shape.of(16, 3, 3, 3), read.get("conv1.weight").shape());
        assertEquals(Shape.of(10, 64), read.get("linear.weight").shape());
        long trained = read.arrays().values().stream()
                .filter(array -> !array.name().contains("running"))
                .mapToLong(array -> array.shape().elements())
                .sum();
        assertEquals(269_722, trained); // the paper's 0.27 M; batch counts are not in files this old
        for (float variance : read.get("bn1.running_var").floats()) {
            assertTrue(variance > 0 && variance < 1e4, "variance " + variance);
        }
    }

    @Test
    void realFileCutAnywhereIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(SharedData.require("pth/resnet20-12fca82f.th"));
        for (int length : new int[] {1, 15, 100, 5000, 30_000, 60_000, whole.length / 2, whole.length - 1}) {
            Path cut = Files.write(folder.resolve("cut.th"), Arrays.copyOf(whole, length));
            assertTrue(refusal(cut).contains("cut.th, byte "), refusal(cut));
        }
    }
}
