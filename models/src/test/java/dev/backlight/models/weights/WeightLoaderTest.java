package dev.backlight.models.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.io.Npz;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class WeightLoaderTest {
    private final Backend backend = Backends.named("reference", 1);
    private final WeightLoader loader = new WeightLoader(backend, DType.F32, "a.pth");

    @TempDir
    Path folder;

    private static Sequential network() {
        return new Sequential(
                new Convolution(1, 2, WindowGeometry.square(1, 1, 0), 1, true), Convolution.square(2, 1, 3, 1, 1));
    }

    private static Parameter parameter(Sequential network, String name) {
        return Objects.requireNonNull(network.state().get(name), name);
    }

    private static NamedArray ones(String name, int... sizes) {
        Shape shape = Shape.of(sizes);
        float[] values = new float[(int) shape.elements()];
        Arrays.fill(values, 1);
        return NamedArray.of(name, shape, values);
    }

    private static List<NamedArray> fitting() {
        return new ArrayList<>(List.of(
                ones("1.weight", 1, 2, 3, 3),
                NamedArray.of("0.weight", Shape.of(2, 1, 1, 1), 3f, 4f),
                NamedArray.of("0.bias", Shape.of(2), 5f, 6f)));
    }

    private static String refusal(Executable load) {
        return String.valueOf(assertThrows(ModelFormatException.class, load).getMessage());
    }

    @Test
    void byNameWhateverTheOrder() {
        Sequential network = network();
        List<NamedArray> arrays = fitting();
        arrays.add(NamedArray.of("2.num_batches_tracked", Shape.scalar(), 100L));
        loader.byName(network, StateDict.of(arrays));
        assertArrayEquals(
                new float[] {3, 4}, parameter(network, "0.weight").value().toFloats());
        // 1×1 layer gives (3x + 5, 4x + 6); the 3×3 layer of ones adds them up: 7x + 11 at the single pixel
        Tensor y = network.apply(Tensor.of(backend, Shape.of(1, 1, 1, 1), 2f));
        assertEquals(7 * 2 + 11, y.item());
    }

    @Test
    void everythingThatDoesNotFitIsNamedAtOnceAndNothingIsChanged() {
        Sequential network = network();
        StateDict weights = StateDict.of(List.of(
                ones("0.weight", 2, 1, 3, 3),
                ones("1.weight", 1, 2, 3, 3),
                ones("fc.weight", 10, 4),
                ones("fc.bias", 10)));
        assertEquals(
                "the weights of a.pth do not fit the network: 1 missing: 0.bias (2); 2 surplus: fc.weight (10×4), fc.bias"
                        + " (10); 1 misshapen: 0.weight (expected 2×1×1×1, found 2×1×3×3); choose the architecture that"
                        + " they were trained for",
                refusal(() -> loader.byName(network, weights)));
        assertFalse(parameter(network, "1.weight").hasValue());
    }

    @Test
    void longListsEndInACount() {
        List<NamedArray> arrays = fitting();
        for (int i = 0; i < 25; i++) {
            arrays.add(ones("extra" + i, 1));
        }
        String message = refusal(() -> loader.byName(network(), StateDict.of(arrays)));
        assertTrue(message.contains("25 surplus: extra0 (1),") && message.contains("extra9 (1) and 15 more"), message);
    }

    @Test
    void byOrderWhateverTheNames() {
        Sequential network = network();
        StateDict weights = StateDict.of(List.of(
                NamedArray.of("shape", Shape.of(2), 1L, -1L),
                NamedArray.of("onnx::Conv_17", Shape.of(2, 1, 1, 1), 3f, 4f),
                NamedArray.of("onnx::Conv_18", Shape.of(2), 5f, 6f),
                ones("onnx::Conv_20", 1, 2, 3, 3)));
        loader.byOrder(network, weights);
        assertArrayEquals(
                new float[] {5, 6}, parameter(network, "0.bias").value().toFloats());
        StateDict wrong = StateDict.of(fitting());
        assertTrue(refusal(() -> loader.byOrder(network(), wrong))
                .contains("0.weight (expected 2×1×1×1, found 1.weight of 1×2×3×3)"));
        StateDict few = StateDict.of(List.of(ones("w", 2, 1, 1, 1)));
        assertTrue(refusal(() -> loader.byOrder(network(), few)).contains("2 missing: 0.bias (2), 1.weight"));
    }

    @Test
    void numbersThatAreNoneAreRefused() {
        List<NamedArray> arrays = fitting();
        arrays.set(2, NamedArray.of("0.bias", Shape.of(2), 5f, Float.NaN));
        assertTrue(refusal(() -> loader.byName(network(), StateDict.of(arrays)))
                .contains("array 0.bias holds NaN at position 1"));
    }

    @Test
    void savedWeightsComeBackInBothPrecisionsAndFormats() {
        for (DType dtype : List.of(DType.F32, DType.F64)) {
            Sequential network = network();
            network.initialise(backend, dtype, 7);
            StateDict saved = WeightLoader.save(network);
            Path safetensors = folder.resolve("a.bin");
            Safetensors.write(safetensors, saved, Map.of());
            Path npz = folder.resolve("b.bin");
            Npz.write(npz, saved.arrays().values());
            for (Path file : List.of(safetensors, npz)) {
                Sequential other = network();
                new WeightLoader(backend, dtype, file.toString()).byName(other, WeightFile.read(file));
                other.state().forEach((name, parameter) -> {
                    assertEquals(dtype, parameter.value().dtype());
                    assertArrayEquals(
                            saved.get(name).doubles(), parameter.value().toDoubles());
                });
            }
        }
    }

    @Test
    void theContentDecidesTheFormat() throws IOException {
        StateDict real = WeightFile.read(SharedData.require("pth/resnet20-12fca82f.th"));
        assertEquals("conv1.weight", real.names().getFirst());
        Path text = Files.writeString(folder.resolve("a.pth"), "hello");
        assertTrue(refusal(() -> WeightFile.read(text)).contains("a.pth holds no weights"));
        assertTrue(refusal(() -> WeightFile.read(folder.resolve("none.npz"))).contains("does not exist"));
    }
}
