package dev.backlight.models.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.io.Npz;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.DType;
import dev.backlight.models.SharedData;
import dev.backlight.models.vision.CifarResNet;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RealWeightsTest {
    /** A checkpoint written by PyTorch, in a network written here, gives the logits that PyTorch gave. */
    @Test
    void trainedResNet20GivesPytorchsLogits() {
        Path file = SharedData.require("pth/resnet20-12fca82f.th");
        Map<String, NamedArray> reference = Npz.read(SharedData.require("reference/cifar10_resnet20_fp32.npz"));
        NamedArray input = Objects.requireNonNull(reference.get("input"));
        NamedArray logits = Objects.requireNonNull(reference.get("logits"));
        Backend backend = Backends.named("reference", 2);
        Layer network = new CifarResNet(20, 16, 3, 10);
        new WeightLoader(backend, DType.F32, file.toString()).byName(network, WeightFile.read(file));
        assertEquals(269_722, network.parameterCount());
        Tensor computed = network.apply(Tensor.of(backend, input.shape(), input.floats()));
        assertArrayEquals(logits.floats(), computed.toFloats(), 1e-3f);
    }
}
