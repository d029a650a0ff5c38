package dev.backlight.models.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.DType;
import dev.backlight.models.SharedData;
import dev.backlight.models.onnx.ModelBuilder;
import dev.backlight.models.vision.CifarResNet;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxWeightsTest {
    @TempDir
    Path folder;

    @Test
    void areInTheOrderInWhichTheGraphReadsThemWithoutSettings() {
        Path file = new ModelBuilder(13)
                .input("x", 1, 1, 1, 1)
                .output("y")
                .floats("unused", List.of(1), 1)
                .floats("second", List.of(1, 1, 1, 1), 1)
                .floats("low", List.of(), 0)
                .floats("scales", List.of(4), 1, 1, 2, 2)
                .floats("first", List.of(1, 1, 1, 1), 1)
                .node("Conv", "x first", "a")
                .node("Clip", "a low", "b")
                .node("Resize", "b - scales", "c")
                .node("Unknown", "c second", "y")
                .writeTo(folder);
        assertEquals(List.of("first", "second"), WeightFile.read(file).names());
    }

    @Test
    void ofARealModelFitTheZoosNetworkByNameAndByOrder() {
        Path onnx = SharedData.require("onnx-converted/cifar10_resnet20_fp32.onnx");
        List<float[]> original = loaded(SharedData.require("pth/resnet20-12fca82f.th"), true);
        List<float[]> byName = loaded(onnx, true);
        List<float[]> byOrder = loaded(onnx, false);
        for (int i = 0; i < original.size(); i++) {
            assertArrayEquals(original.get(i), byName.get(i));
            assertArrayEquals(original.get(i), byOrder.get(i));
        }
    }

    private static List<float[]> loaded(Path file, boolean isByName) {
        Layer network = new CifarResNet(20, 16, 3, 10);
        ReferenceBackend backend = new ReferenceBackend();
        WeightLoader loader = new WeightLoader(backend, DType.F32, file.toString());
        if (isByName) {
            loader.byName(network, WeightFile.read(file));
        } else {
            loader.byOrder(network, WeightFile.read(file));
        }
        return network.state().values().stream()
                .map(parameter -> parameter.value().toFloats())
                .toList();
    }
}
