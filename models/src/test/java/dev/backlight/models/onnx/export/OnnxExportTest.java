package dev.backlight.models.onnx.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.nn.Initializer;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.op.Conv2dInputGradient;
import dev.backlight.engine.op.Gelu;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.UnsupportedOpException;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.vision.Zoo;
import java.nio.file.Path;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxExportTest {
    private final Backend backend = new ReferenceBackend();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"resnet20,3,32", "resnet9_w24,3,32", "densenet_bc100,3,16", "resnet18,3,32", "resnext50_32x4d,3,32"})
    void readAgainANetworkGivesEqualBits(String name, int channels, int side) {
        Layer network = Zoo.named(name).build(channels, 10);
        network.initialise(backend, DType.F32, 1);
        network.state().forEach((label, parameter) -> {
            if (label.endsWith("running_var")) {
                parameter.set(Ops.add(uniform(parameter.shape(), 4), 0.5));
            } else if (label.endsWith("running_mean")) {
                parameter.set(Ops.mul(random(parameter.shape(), 5), 0.1));
            }
        });
        OnnxModel again = writtenAndRead(network, Shape.of(channels, side, side));
        assertTrue(again.state().keySet().containsAll(network.state().keySet()), "parameters keep their names");
        Tensor images = random(Shape.of(2, channels, side, side), 2);
        float[] logits = network.apply(images).toFloats();
        assertNotEquals(logits[0], logits[10], "the images must reach the logits");
        assertArrayEquals(logits, again.apply(images).toFloats());
    }

    @Test
    void nodesAreNamedByTheirLayers() {
        Layer network = Zoo.named("resnet20").build(3, 10);
        network.initialise(backend, DType.F32, 1);
        Graph graph = OnnxExport.graph(network, Shape.of(3, 32, 32));
        assertTrue(graph.nodes().stream()
                .anyMatch(node -> node.name().equals("layer1.0.conv1")
                        && node.inputs().get(1).equals("layer1.0.conv1.weight")));
        assertEquals(
                "batch",
                graph.inputs().getFirst().dimensions().orElseThrow().getFirst().symbol());
    }

    @Test
    void aBlockOfATransformerGivesEqualBits() {
        assertSame(Shape.of(4, 8), (x, w) -> {
            Tensor normal = Neural.layerNorm(x, ones(8), w, 1e-6);
            Tensor scores = Ops.matmul(normal, Ops.transpose(normal, 0, 2, 1));
            Tensor mixed = Ops.matmul(Neural.softmax(Ops.mul(scores, 0.5), -1), normal);
            return Ops.mean(Ops.add(x, Neural.gelu(mixed, Gelu.Form.ERF)), 1);
        });
    }

    @Test
    void functionsOfElementsGiveEqualBits() {
        assertSame(Shape.of(8), (x, w) -> {
            Tensor y = Ops.add(Ops.mul(Neural.silu(x), 1.5), Neural.relu6(Ops.mul(x, w)));
            Tensor z = Ops.where(Ops.greater(x, w), Ops.square(y), Ops.sub(1, Ops.clip(y, -0.5, 0.5)));
            return Ops.add(Ops.pow(z, 2), Ops.mul(Ops.step(x), Neural.elu(Neural.leakyRelu(z, 0.1), 0.7)));
        });
    }

    @Test
    void rearrangementsAndReductionsGiveEqualBits() {
        assertSame(Shape.of(4, 6, 6), (x, w) -> {
            Tensor cut = Ops.slice(Shapes.flip(x, 3), 2, 1, 6, 2);
            Tensor padded = Shapes.pad(cut, new int[] {0, 0, 1, 0}, new int[] {0, 0, 2, 1}, -3);
            Tensor joined = Shapes.concat(1, padded, Ops.neg(padded), Shapes.take(padded, 1, 2, 0));
            Tensor pooled =
                    Neural.adaptiveAveragePool(Neural.maxPool(joined, WindowGeometry.square(2, 1, 0), true), 3, 4);
            return Ops.add(Ops.logSumExp(pooled, 2, 3), Ops.add(Ops.max(pooled, 2, 3), Ops.sum(pooled, 2, 3)));
        });
    }

    @Test
    void anOpWithoutCounterpartIsNamed() {
        Layer network =
                network((x, w) -> new Conv2dInputGradient(WindowGeometry.square(1, 1, 0), 1, Shape.of(1, 8, 2, 2))
                        .on(x, Ops.reshape(w, Shape.of(1, 8, 1, 1))));
        UnsupportedOpException refused =
                assertThrows(UnsupportedOpException.class, () -> OnnxExport.graph(network, Shape.of(1, 2, 2)));
        assertEquals(
                "the op Conv2dInputGradient cannot be written as ONNX: it has no counterpart there",
                refused.getMessage());
    }

    private void assertSame(Shape image, BiFunction<Tensor, Tensor, Tensor> function) {
        Layer network = network(function);
        Tensor two = random(image.insert(0, 2), 3);
        float[] found = writtenAndRead(network, image).apply(two).toFloats();
        assertArrayEquals(network.apply(two).toFloats(), found);
    }

    private OnnxModel writtenAndRead(Layer network, Shape image) {
        Path file = folder.resolve("network.onnx");
        OnnxExport.write(network, image, file);
        return OnnxModel.of(OnnxFile.read(file), backend, DType.F32);
    }

    private Layer network(BiFunction<Tensor, Tensor, Tensor> function) {
        Layer layer = new Layer() {
            private final Parameter weight = parameter("weight", Shape.of(8), Initializer.uniformByFan(1));

            @Override
            protected Tensor forward(Tensor x, Pass pass) {
                return function.apply(x, pass.value(weight));
            }
        };
        layer.initialise(backend, DType.F32, 5);
        return layer;
    }

    private Tensor uniform(Shape shape, long seed) {
        return Tensor.random(backend, DType.F32, shape, Primitive.Distribution.UNIFORM, seed);
    }

    private Tensor ones(int size) {
        return Tensor.full(backend, DType.F32, Shape.of(size), 1);
    }

    private Tensor random(Shape shape, long seed) {
        return Tensor.random(backend, DType.F32, shape, Primitive.Distribution.NORMAL, seed);
    }
}
