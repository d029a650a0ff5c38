package dev.backlight.models.onnx.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.onnx.ModelBuilder;
import dev.backlight.models.onnx.proto.StringStringEntryProto;
import dev.backlight.models.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFileTest {
    @TempDir
    Path folder;

    private static ModelBuilder addOne() {
        return new ModelBuilder(13)
                .input("x", -1, 3)
                .output("y")
                .floats("one", List.of(1), 1)
                .node("Add", "x one", "y");
    }

    private String refusal(ModelBuilder model) {
        return refusal(model.writeTo(folder));
    }

    private static String refusal(Path file) {
        return String.valueOf(assertThrows(ModelFormatException.class, () -> OnnxFile.read(file))
                .getMessage());
    }

    private static void assertSays(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "\"" + message + "\" should name " + part);
        }
        assertFalse(message.contains("\n"), "one sentence");
    }

    @Test
    void readsASmallModel() {
        Graph graph = OnnxFile.read(addOne().writeTo(folder));
        assertEquals(13, graph.opset(""));
        assertEquals("x: free×3", graph.inputs().getFirst().toString());
        assertEquals("Add \"node_y\"", graph.nodes().getFirst().toString());
        assertArrayEquals(new float[] {1}, floats(graph, "one"));
    }

    @Test
    void putsNodesInOrderAndKeepsTheOrderOfThoseThatAre() {
        Graph graph = OnnxFile.read(new ModelBuilder(13)
                .input("x", 1)
                .output("d")
                .node("Add", "b c", "d")
                .node("Relu", "a", "b")
                .node("Neg", "a", "c")
                .node("Abs", "x", "a")
                .writeTo(folder));
        assertEquals(
                List.of("Abs", "Relu", "Neg", "Add"),
                graph.nodes().stream().map(Node::opType).toList());
    }

    @Test
    void anInitialiserThatIsAlsoListedAsInputNeedNotBeGiven() {
        Graph graph = OnnxFile.read(addOne().input("one", 1).writeTo(folder));
        assertEquals(List.of("x"), graph.inputs().stream().map(ValueInfo::name).toList());
    }

    @Test
    void namesAMissingFile() {
        assertSays(refusal(folder.resolve("absent.onnx")), "absent.onnx", "does not exist");
    }

    @Test
    void namesAnEmptyFile() throws IOException {
        assertSays(refusal(Files.createFile(folder.resolve("empty.onnx"))), "empty.onnx", "0 bytes");
    }

    @Test
    void namesATextFile() throws IOException {
        Path file = Files.writeString(folder.resolve("text.onnx"), "<html>404: not found</html>\n");
        assertSays(refusal(file), "text.onnx", "expected an ONNX model", "found text");
    }

    @Test
    void namesAFileOfAnotherFormat() throws IOException {
        Path file = Files.write(folder.resolve("model.onnx"), new byte[] {0x12, 1, 'a', 0x18, 1});
        assertSays(refusal(file), "without a graph");
    }

    @Test
    void refusesEveryTruncation() throws IOException {
        byte[] whole = addOne().bytes();
        for (int length = 1; length < whole.length; length++) {
            Path file = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(whole, length));
            assertSays(refusal(file), "cut.onnx", "expected");
        }
    }

    @Test
    void namesTheNodesOfACycle() {
        String message = refusal(new ModelBuilder(13)
                .input("x", 1)
                .output("c")
                .node("Relu", "x", "a")
                .node("Add", "a c", "b")
                .node("Neg", "b", "c"));
        assertSays(message, "cycle", "Add \"node_b\"", "Neg \"node_c\"");
        assertFalse(message.contains("Relu"), "the Relu is not in the cycle");
    }

    @Test
    void namesAMissingInitialiser() {
        String message = refusal(new ModelBuilder(13).input("x", 1).output("y").node("Add", "x bias", "y"));
        assertSays(message, "\"bias\"", "Add \"node_y\"");
    }

    @Test
    void namesAValueThatIsMadeTwice() {
        assertSays(refusal(addOne().node("Relu", "x", "y")), "\"y\"", "twice", "Relu", "Add");
        assertSays(refusal(addOne().node("Relu", "x", "one")), "\"one\"", "twice");
    }

    @Test
    void namesAnOutputThatNobodyMakes() {
        assertSays(refusal(addOne().output("z")), "\"z\"");
    }

    @Test
    void namesATensorWhoseBytesDoNotFitItsShape() {
        assertSays(refusal(addOne().floats("w", List.of(2, 2), 1, 2, 3)), "\"w\"", "16 bytes", "2×2", "found 12");
        assertSays(refusal(addOne().floats("w", List.of(1 << 20, 1 << 20), 1)), "\"w\"", "1048576");
        assertSays(refusal(addOne().floats("w", List.of(-1), 1)), "\"w\"", "-1");
    }

    @Test
    void widensEveryElementType() {
        Graph graph = OnnxFile.read(addOne().tensor(
                        tensor("half", TensorProto.DataType.FLOAT16, 2).addAllInt32Data(List.of(0x3c00, 0xc000)))
                .tensor(tensor("bfloat", TensorProto.DataType.BFLOAT16, 1).addInt32Data(0x3f80))
                .tensor(tensor("double", TensorProto.DataType.DOUBLE, 1).addDoubleData(0.1))
                .tensor(tensor("bool", TensorProto.DataType.BOOL, 2).addAllInt32Data(List.of(1, 0)))
                .tensor(tensor("byte", TensorProto.DataType.INT8, 1).setRawData(bytes((byte) -3)))
                .tensor(tensor("long", TensorProto.DataType.INT64, 1).addInt64Data(1L << 60))
                .writeTo(folder));
        assertArrayEquals(new float[] {1, -2}, floats(graph, "half"));
        assertArrayEquals(new float[] {1}, floats(graph, "bfloat"));
        assertEquals(DType.F64, array(graph, "double").dtype());
        assertEquals(0.1, array(graph, "double").doubleAt(0));
        assertArrayEquals(new long[] {1, 0}, array(graph, "bool").longs());
        assertArrayEquals(new long[] {-3}, array(graph, "byte").longs());
        assertArrayEquals(new long[] {1L << 60}, array(graph, "long").longs());
    }

    @Test
    void readsFourAndEightBits() {
        Graph graph = OnnxFile.read(addOne().tensor(
                        tensor("int4", TensorProto.DataType.INT4, 3).setRawData(bytes((byte) 0x9f, (byte) 0x07)))
                .tensor(tensor("uint4", TensorProto.DataType.UINT4, 3)
                        .addInt32Data(0x9f)
                        .addInt32Data(0x07))
                .tensor(tensor("e4m3", TensorProto.DataType.FLOAT8E4M3FN, 5)
                        .setRawData(bytes((byte) 0x38, (byte) 0x7e, (byte) 0x01, (byte) 0x80, (byte) 0xff)))
                .tensor(tensor("e4m3uz", TensorProto.DataType.FLOAT8E4M3FNUZ, 3)
                        .setRawData(bytes((byte) 0x40, (byte) 0x80, (byte) 0xff)))
                .tensor(tensor("e5m2", TensorProto.DataType.FLOAT8E5M2, 4)
                        .setRawData(bytes((byte) 0x3c, (byte) 0x7b, (byte) 0xfc, (byte) 0x7d)))
                .tensor(tensor("e5m2uz", TensorProto.DataType.FLOAT8E5M2FNUZ, 3)
                        .addAllInt32Data(List.of(0x40, 0x80, 0x7f)))
                .writeTo(folder));
        assertArrayEquals(new long[] {-1, -7, 7}, array(graph, "int4").longs());
        assertArrayEquals(new long[] {15, 9, 7}, array(graph, "uint4").longs());
        assertArrayEquals(new float[] {1, 448, 0x1p-9f, -0f, Float.NaN}, floats(graph, "e4m3"));
        assertArrayEquals(new float[] {1, Float.NaN, -240}, floats(graph, "e4m3uz"));
        assertArrayEquals(new float[] {1, 57344, Float.NEGATIVE_INFINITY, Float.NaN}, floats(graph, "e5m2"));
        assertArrayEquals(new float[] {1, Float.NaN, 57344}, floats(graph, "e5m2uz"));
    }

    @Test
    void namesAnElementTypeThatIsNotANumber() {
        assertSays(refusal(addOne().tensor(tensor("words", TensorProto.DataType.STRING, 1))), "\"words\"", "number 8");
    }

    @Test
    void readsExternalDataBesideTheModel() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(
                folder.resolve("weights.bin"),
                data.putFloat(7).putFloat(8).putFloat(9).array());
        Graph graph =
                OnnxFile.read(addOne().tensor(external("weights.bin", "4", "8")).writeTo(folder));
        assertArrayEquals(new float[] {8, 9}, floats(graph, "w"));
        assertSays(refusal(addOne().tensor(external("weights.bin", "8", "8"))), "\"w\"", "12 bytes");
        assertSays(refusal(addOne().tensor(external("weights.bin", "4", "4"))), "\"w\"", "expected 8 bytes");
        assertSays(refusal(addOne().tensor(external("weights.bin", "-4", "8"))), "\"w\"", "-4");
    }

    @Test
    void readsNoExternalDataOutsideTheModelsFolder() {
        assertSays(refusal(addOne().tensor(external("../w.bin", "0", "8"))), "\"w\"", "outside the model's folder");
        assertSays(refusal(addOne().tensor(external("/etc/hosts", "0", "8"))), "\"w\"", "outside the model's folder");
        assertSays(refusal(addOne().tensor(external("absent.bin", "0", "8"))), "absent.bin", "does not exist");
    }

    @Test
    void followsNoLinkOutOfTheModelsFolder() throws IOException {
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Path secret = Files.write(folder.resolve("secret.bin"), new byte[8]);
        try {
            Files.createSymbolicLink(inside.resolve("w.bin"), secret);
            Files.createSymbolicLink(inside.resolve("up"), folder);
        } catch (IOException | UnsupportedOperationException e) {
            Assumptions.abort("skipped: this file system has no symbolic links");
        }
        for (String location : List.of("w.bin", "up/secret.bin")) {
            ModelBuilder model = addOne().tensor(external(location, "0", "8"));
            assertSays(refusal(model.writeTo(inside)), "\"w\"", "outside the model's folder");
        }
        Files.createSymbolicLink(inside.resolve("same.bin"), Files.write(inside.resolve("real.bin"), new byte[8]));
        Path sound = addOne().tensor(external("same.bin", "0", "8")).writeTo(inside);
        assertArrayEquals(new float[2], floats(OnnxFile.read(sound), "w"));
    }

    @Test
    void namesAHundredThousandNodesInNoTime() {
        ModelBuilder model = new ModelBuilder(13).input("x", 1).output("v99999");
        for (int i = 0; i < 100_000; i++) {
            model.unnamed("Relu", i == 0 ? "x" : "v" + (i - 1), "v" + i);
        }
        Path file = model.writeTo(folder);
        assertTimeout(
                Duration.ofSeconds(20),
                () -> assertEquals(100_000, OnnxFile.read(file).nodes().size()));
    }

    private static TensorProto.Builder tensor(String name, TensorProto.DataType type, long size) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addDims(size);
    }

    private static TensorProto.Builder external(String location, String offset, String length) {
        return tensor("w", TensorProto.DataType.FLOAT, 2)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", offset))
                .addExternalData(entry("length", length));
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static ByteString bytes(byte... values) {
        return ByteString.copyFrom(values);
    }

    private static NamedArray array(Graph graph, String name) {
        NamedArray array = graph.initialisers().get(name);
        if (array == null) {
            throw new AssertionError("no initialiser " + name);
        }
        return array;
    }

    private static float[] floats(Graph graph, String name) {
        return array(graph, name).floats();
    }
}
