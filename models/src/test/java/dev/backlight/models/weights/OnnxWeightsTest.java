package dev.backlight.models.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.SharedData;
import dev.backlight.models.onnx.ModelBuilder;
import dev.backlight.models.onnx.export.OnnxExport;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.pass.Passes;
import dev.backlight.models.vision.CifarResNet;
import dev.backlight.models.vision.Zoo;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;
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

    /** As PyTorch exports by default: no normalisation is left, and no name is the network's. */
    @Test
    void ofAnExportWithFoldedNormalisationsFitTheNetworkInOrder() {
        ReferenceBackend backend = new ReferenceBackend();
        for (String name : List.of("resnet20", "densenet_bc100")) {
            Layer network = Zoo.named(name).build(3, 10);
            network.initialise(backend, DType.F32, 1);
            network.state().forEach((parameter, value) -> {
                if (parameter.endsWith("running_mean") || parameter.endsWith("bias")) {
                    value.set(Tensor.random(backend, DType.F32, value.shape(), Primitive.Distribution.NORMAL, 5));
                }
            });
            Path file = folder.resolve(name + ".onnx");
            OnnxFile.write(Passes.frozen(OnnxExport.graph(network, Shape.of(3, 32, 32))), file);
            StateDict weights = WeightFile.read(file);
            StateDict others =
                    weights.renamed(own -> "onnx::Conv_" + weights.names().indexOf(own));
            Layer again = Zoo.named(name).build(3, 10);
            SequencedMap<String, String> matching =
                    new WeightLoader(backend, DType.F32, file.toString()).byOrder(again, others);
            assertTrue(weights.size() < matching.size(), "normalisations are folded");
            Tensor image = Tensor.random(backend, DType.F32, Shape.of(1, 3, 32, 32), Primitive.Distribution.NORMAL, 6);
            float[] expected = network.apply(image).toFloats();
            float[] found = again.apply(image).toFloats();
            float largest = 0;
            for (float logit : expected) {
                largest = Math.max(largest, Math.abs(logit));
            }
            // Random statistics make logits of any size.
            assertArrayEquals(expected, found, 1e-5f * largest, name);
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
