package dev.backlight.models.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.Shape;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PytorchWriterTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadAgain() {
        StateDict state = StateDict.of(List.of(
                NamedArray.of("conv.weight", Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, Float.MIN_VALUE),
                NamedArray.of("größe", Shape.scalar(), 0.1),
                NamedArray.of("bn.num_batches_tracked", Shape.scalar(), Long.MAX_VALUE),
                NamedArray.of("empty", Shape.of(0, 4), new float[0])));
        Path file = folder.resolve("weights.pth");
        PytorchWriter.write(file, state);
        StateDict found = WeightFile.read(file);
        assertEquals(state.names(), found.names());
        state.arrays().forEach((name, array) -> {
            assertEquals(array.shape(), found.get(name).shape());
            assertEquals(array.dtype(), found.get(name).dtype());
            assertArrayEquals(array.doubles(), found.get(name).doubles());
        });
    }
}
