package dev.backlight.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertFalse;

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

/** The networks of the learned-rule oracles, in both precisions. */
class OracleModelsTest {
    private final Backend backend = Backends.best(2);

    @TestFactory
    Stream<DynamicTest> givesTheLogitsOfTheOracle() {
        List<Path> files = Models.in(Models.oracles("learned-rule-step"));
        assertFalse(files.isEmpty());
        return files.stream()
                .flatMap(file -> Stream.of(DType.F32, DType.F64)
                        .map(dtype ->
                                DynamicTest.dynamicTest(Models.stem(file) + " in " + dtype, () -> check(file, dtype))));
    }

    private void check(Path file, DType dtype) {
        Map<String, NamedArray> oracle = Npz.read(file.resolveSibling(Models.stem(file) + ".npz"));
        NamedArray input = Objects.requireNonNull(oracle.get("input"));
        NamedArray logits = Objects.requireNonNull(oracle.get("logits"));
        OnnxModel model = OnnxModel.load(file, backend, dtype);
        Tensor images = dtype == DType.F32
                ? Tensor.of(backend, input.shape(), input.floats())
                : Tensor.of(backend, input.shape(), input.doubles());
        Models.assertClose(
                file.toString(), logits.floats(), Models.run(model, images), dtype == DType.F32 ? 1e-4 : 5e-6);
    }
}
