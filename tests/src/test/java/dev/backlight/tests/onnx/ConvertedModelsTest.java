package dev.backlight.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.io.Npz;
import dev.backlight.engine.shape.DType;
import dev.backlight.models.onnx.OnnxModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Trained classifiers against the logits that PyTorch computed with the same weights. */
class ConvertedModelsTest {
    private static final double TOLERANCE = 1e-3;
    private static final int FILES = 12;
    private static final int IMAGES = 2;

    private final Backend backend = Backends.best(2);

    @TestFactory
    Stream<DynamicTest> givesTheLogitsOfPyTorch() {
        List<Path> files = Models.in(Models.data("onnx-converted"));
        assertEquals(FILES, files.size());
        return files.stream().map(file -> DynamicTest.dynamicTest(Models.stem(file), () -> check(file)));
    }

    private void check(Path file) {
        String reference = Models.stem(file).replace("_opset10", "") + ".npz";
        Map<String, NamedArray> expected = Npz.read(Models.data("reference").resolve(reference));
        OnnxModel model = OnnxModel.load(file, backend, DType.F32);
        Tensor images = Models.rows(backend, Objects.requireNonNull(expected.get("input")), IMAGES);
        float[] logits = Objects.requireNonNull(expected.get("logits")).floats();
        long start = System.nanoTime();
        double worst = Models.assertClose(file.toString(), logits, Models.run(model, images), TOLERANCE);
        System.out.printf(
                "%s: largest difference %.1e, %d ms for %d images on %s%n",
                Models.stem(file), worst, (System.nanoTime() - start) / 1_000_000, IMAGES, backend.name());
    }
}
