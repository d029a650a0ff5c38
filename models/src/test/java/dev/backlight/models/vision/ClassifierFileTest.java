package dev.backlight.models.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.data.ClassNames;
import dev.backlight.models.data.Preprocessing;
import dev.backlight.models.weights.Safetensors;
import dev.backlight.models.weights.WeightLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierFileTest {
    private static final Backend BACKEND = Backends.named("reference", 1);

    @TempDir
    private Path folder;

    private static Classifier classifier() {
        Classifier classifier =
                Classifier.of("resnet9_w24", ClassNames.of(List.of("a", "b", "c")), Preprocessing.preset("mnist"));
        classifier.network().initialise(BACKEND, DType.F32, 4);
        return classifier;
    }

    private static float[] logits(Classifier classifier) {
        Tensor x = Tensor.random(BACKEND, DType.F32, Shape.of(1, 1, 8, 8), Primitive.Distribution.NORMAL, 1);
        return classifier.network().apply(x).toFloats();
    }

    @Test
    void whatIsWrittenIsRead() {
        Path file = folder.resolve("model.safetensors");
        Classifier written = classifier();
        ClassifierFile.write(file, written, Map.of("note", "n"), ElementType.F32);
        Classifier read = ClassifierFile.read(file, BACKEND, DType.F32);
        assertEquals(written.architecture(), read.architecture());
        assertEquals(written.preprocessing(), read.preprocessing());
        assertEquals(written.classes().names(), read.classes().names());
        assertArrayEquals(logits(written), logits(read));
        assertEquals("n", Safetensors.read(file).metadata().get("note"));
    }

    @Test
    void halfTheBytesGiveNearlyTheSame() throws IOException {
        Path file = folder.resolve("half.safetensors");
        Classifier written = classifier();
        ClassifierFile.write(file, written, Map.of(), ElementType.F16);
        assertTrue(Files.size(file) < 2_000_000, () -> "the file is too large to bundle");
        assertArrayEquals(logits(written), logits(ClassifierFile.read(file, BACKEND, DType.F32)), 0.02f);
    }

    @Test
    void weightsOfUnknownOriginAreRefused() {
        Path file = folder.resolve("weights.safetensors");
        Safetensors.write(file, WeightLoader.save(classifier().network()), Map.of());
        ModelFormatException refusal =
                assertThrows(ModelFormatException.class, () -> ClassifierFile.read(file, BACKEND, DType.F32));
        assertTrue(String.valueOf(refusal.getMessage()).contains("weights.safetensors"), refusal::toString);
    }
}
