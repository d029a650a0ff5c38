package dev.backlight.models.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.SharedData;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingDataTest {
    @Test
    void aFolderTellsWhichDataItHolds() {
        TrainingData mnist = TrainingData.open(SharedData.require("mnist"));
        assertEquals("mnist", mnist.name());
        assertEquals(60_000, mnist.training().size());
        assertEquals(10_000, mnist.test().size());
        TrainingData cifar = TrainingData.open(SharedData.require("cifar10"));
        assertEquals("cifar10", cifar.name());
        assertEquals(50_000, cifar.training().size());
        assertEquals(cifar.training().classes().names(), cifar.test().classes().names());
    }

    @Test
    void aFolderWithoutDataIsRefused(@TempDir Path empty) {
        ModelFormatException refusal = assertThrows(ModelFormatException.class, () -> TrainingData.open(empty));
        assertTrue(String.valueOf(refusal.getMessage()).contains("train-images-idx3-ubyte"), refusal::toString);
        Path missing = empty.resolve("missing");
        ModelFormatException absent = assertThrows(ModelFormatException.class, () -> TrainingData.open(missing));
        assertTrue(String.valueOf(absent.getMessage()).contains("does not exist"), absent::toString);
    }
}
