package dev.backlight.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The graphs of well-known ImageNet networks with constant weights, which ONNX ships with the outputs that its reference
 * evaluator gives for the input {@code x[i] = i/n}.
 *
 * <p>Constant weights make all classes equal, and their logits so large that the softmax turns one rounding step into a
 * certain class. Where the graph ends in a softmax it is therefore taken off the graph and applied to the logits in units
 * of the largest one.
 */
class LightModelsTest {
    private static final double TOLERANCE = 1e-5;

    private final Backend backend = Backends.best(2);

    @TestFactory
    Stream<DynamicTest> givesTheExpectedOutput() {
        List<Path> files = Models.in(Models.data("onnx-light"));
        assertFalse(files.isEmpty());
        return files.stream().map(file -> DynamicTest.dynamicTest(Models.stem(file), () -> check(file)));
    }

    private void check(Path file) throws IOException {
        Graph graph = OnnxFile.read(file);
        boolean endsInSoftmax = graph.nodes().getLast().opType().equals("Softmax");
        OnnxModel model = OnnxModel.of(endsInSoftmax ? Models.withoutLast(graph) : graph, backend, DType.F32);
        int[] sizes = model.inputs().getFirst().dimensions().orElseThrow().stream()
                .mapToInt(dimension -> dimension.size().orElse(1))
                .toArray();
        float[] found = Models.run(model, ramp(Shape.of(sizes)));
        float[] expected = expected(file.resolveSibling(Models.stem(file) + "_output_0.pb"));
        assertEquals(expected.length, found.length);
        Models.assertClose(file.toString(), expected, endsInSoftmax ? softmax(found) : found, TOLERANCE);
    }

    private static float[] softmax(float[] logits) {
        double largest = 0;
        for (float logit : logits) {
            assertTrue(Float.isFinite(logit), "logits must be finite");
            largest = Math.max(largest, Math.abs(logit));
        }
        assertTrue(largest > 0, "the input must reach the logits");
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit / largest);
        }
        float[] shares = new float[logits.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = (float) (Math.exp(logits[i] / largest) / sum);
        }
        return shares;
    }

    private Tensor ramp(Shape shape) {
        float[] values = new float[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((double) i / values.length);
        }
        return Tensor.of(backend, shape, values);
    }

    private static float[] expected(Path file) throws IOException {
        FloatBuffer raw = TensorProto.parseFrom(Files.readAllBytes(file))
                .getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] values = new float[raw.remaining()];
        raw.get(values);
        return values;
    }
}
