package dev.backlight.tests.bundled;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.shape.DType;
import dev.backlight.models.bundled.BundledModel;
import dev.backlight.models.data.Cifar10;
import dev.backlight.models.train.Evaluator;
import dev.backlight.models.train.TrainingData;
import dev.backlight.models.vision.Classifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class BundledModelTest {
    private static final Backend BACKEND = Backends.best(Runtime.getRuntime().availableProcessors());

    @Test
    void itNamesTheTenClasses() {
        assertEquals(
                Cifar10.CLASSES.names(),
                BundledModel.load(BACKEND, DType.F32).classes().names());
    }

    @Test
    void itTakesNoMoreThanTwoMegabytes() throws IOException {
        try (InputStream in = BundledModel.class.getResourceAsStream(BundledModel.NAME + ".safetensors")) {
            assertTrue(in != null && in.readAllBytes().length <= 2_000_000);
        }
    }

    @Test
    void itClassifiesTheTestPicturesAsWellAsItsCardSays() {
        Path root = Optional.ofNullable(System.getenv("BACKLIGHT_DATA"))
                .map(Path::of)
                .orElseGet(() ->
                        Path.of(System.getProperty("backlight.root", "..")).resolve("../shared/data"));
        Path folder = root.resolve("cifar10").normalize();
        Assumptions.assumeTrue(
                Files.isDirectory(folder), () -> "skipped: " + folder + " is absent (set BACKLIGHT_DATA)");
        Classifier model = BundledModel.load(BACKEND, DType.F32);
        var score =
                new Evaluator(model, BACKEND).score(TrainingData.open(folder).test(), done -> {});
        assertTrue(score.accuracy() >= 0.86, score::toString);
    }
}
