package dev.backlight.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backlight.models.weights.StateDict;
import dev.backlight.models.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertTest {
    @TempDir
    private Path folder;

    private Path convert(Path from, String to, String... options) {
        Path output = folder.resolve(to);
        String[] line = new String[options.length + 4];
        line[0] = "convert";
        line[1] = "--threads=1";
        System.arraycopy(options, 0, line, 2, options.length);
        line[line.length - 2] = from.toString();
        line[line.length - 1] = output.toString();
        Shell.succeed(line);
        return output;
    }

    private static void assertSameWeights(StateDict expected, StateDict found) {
        assertEquals(new HashSet<>(expected.names()), new HashSet<>(found.names()));
        expected.arrays()
                .forEach((name, array) ->
                        assertArrayEquals(array.floats(), found.get(name).floats(), name));
    }

    @Test
    void weightsKeepTheirNamesAndNumbersThroughAllFormats() {
        Path model = Samples.model(folder);
        StateDict original = WeightFile.read(model);
        Path npz = convert(model, "a.npz");
        Path pth = convert(npz, "b.pth");
        Path safetensors = convert(pth, "c.safetensors");
        assertSameWeights(original, WeightFile.read(safetensors));
        Path onnx = convert(safetensors, "d.onnx", "--network=resnet20");
        assertSameWeights(original, WeightFile.read(onnx));
        Path back = convert(onnx, "e.npz", "--network=resnet20");
        assertSameWeights(original, WeightFile.read(back));
    }

    @Test
    void aTrainedModelBecomesAGraphThatCanBeInspected() throws IOException {
        Path onnx = convert(Samples.model(folder), "model.onnx", "--fold");
        Shell text = Shell.succeed("inspect", "--threads=1", onnx.toString());
        assertTrue(text.out().contains("inputs: input: batch×3×12×12"), text.out());
        assertTrue(text.out().contains("bytes of activations"), text.out());
        Shell shell = Shell.succeed("inspect", "--json", "--threads=1", onnx.toString());
        JsonNode found = new JsonMapper().readTree(shell.out());
        assertEquals(21, found.get("opsets").get("").asInt());
        assertEquals(0, found.get("unsupported").size());
        assertTrue(found.get("operators").has("Conv") && !found.get("operators").has("BatchNormalization"));
        assertTrue(found.get("activationBytes").asLong() > 0);
    }

    @Test
    void whatIsNotSupportedIsShown() throws IOException {
        Path file = Files.write(folder.resolve("odd.onnx"), Samples.onnx("Unique"));
        Shell shell = Shell.succeed("inspect", "--threads=1", file.toString());
        assertTrue(shell.out().contains("not supported: Unique (opset 13) at node \"the_node\""), shell.out());
    }

    @Test
    void anUnknownEndingIsRefused() {
        Shell.refuse(Shell.line("convert", Samples.model(folder), folder.resolve("x.zip")), "x.zip", ".safetensors");
    }
}
