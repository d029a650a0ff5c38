package dev.backlight.models.onnx.fuzz;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.graph.ValueInfo;
import dev.backlight.models.onnx.proto.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sound models, changed at random, are computed or refused in one sentence: never a hang, an exhausted heap or another
 * exception. {@code -Dbacklight.fuzz=20000} is the long run.
 */
class FuzzTest {
    private static final int CASES = Integer.getInteger("backlight.fuzz", 500);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Sizes of inputs that a changed file may state and that are still worth computing. */
    private static final long ELEMENTS = 1 << 16;

    private final Backend backend = new ReferenceBackend();

    @TempDir
    private Path folder;

    @Test
    void everyChangedModelIsComputedOrRefusedInOneSentence() throws IOException {
        List<ModelProto> seeds = FuzzSeeds.all();
        for (ModelProto seed : seeds) {
            attempt(seed.toByteArray());
        }
        List<String> faults = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < CASES; i++) {
            byte[] bytes = new Mutation(i).of(seeds.get(i % seeds.size()));
            int number = i;
            String outcome = assertTimeoutPreemptively(LIMIT, () -> outcome(bytes), () -> "case " + number + " hangs");
            refused += outcome.startsWith("refused") ? 1 : 0;
            if (outcome.startsWith("fault")) {
                faults.add("case " + i + ": " + outcome);
            }
        }
        System.out.printf("ONNX fuzzer: %d cases, %d refused, %d faults%n", CASES, refused, faults.size());
        assertTrue(faults.isEmpty(), () -> String.join("\n", faults));
        assertTrue(refused > CASES / 10 && refused < CASES, "both sound and damaged models occur");
    }

    @SuppressWarnings("CatchAndPrintStackTrace")
    private String outcome(byte[] bytes) throws IOException {
        try {
            attempt(bytes);
            return "computed";
        } catch (BacklightException e) {
            String message = String.valueOf(e.getMessage());
            return message.length() > 20 && !message.contains("\n") ? "refused" : "fault, not a sentence: " + message;
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            StackTraceElement[] trace = e.getStackTrace();
            return "fault " + e + (trace.length > 0 ? " at " + trace[0] : "") + origin(trace);
        }
    }

    private static String origin(StackTraceElement... trace) {
        for (StackTraceElement element : trace) {
            if (element.getClassName().contains(".models.onnx.")) {
                return " from " + element;
            }
        }
        return "";
    }

    private void attempt(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("model.onnx"), bytes);
        try (Scope scope = Scope.open()) {
            OnnxModel model = OnnxModel.load(file, backend, DType.F32);
            List<Tensor> inputs = new ArrayList<>();
            for (ValueInfo input : model.inputs()) {
                Shape shape = shape(input);
                if (shape.elements() > ELEMENTS) {
                    return;
                }
                DType dtype = input.dtype().filter(type -> !type.isFloating()).orElse(DType.F32);
                inputs.add(Tensor.full(backend, dtype, shape, 0.5));
            }
            model.run(inputs, Pass.EVALUATION);
        }
    }

    private static Shape shape(ValueInfo input) {
        return Shape.of(input.dimensions().orElse(List.of()).stream()
                .mapToInt(dimension -> dimension.size().orElse(2))
                .toArray());
    }
}
