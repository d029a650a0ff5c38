package dev.backlight.benchmarks.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PyTorch had measured until it died is used, and half a number is not. */
class PytorchTest {
    private static final String MEASURED = """
            PyTorch 2.9
            F,resnet18,1,f32,1.5000,1000
            F,resnet18,8,f32,,0
            """;

    @TempDir
    private Path folder;

    private Pytorch read(String text) throws IOException {
        return Pytorch.read(Files.writeString(folder.resolve("torch.csv"), text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "F", "FG,resnet18,1,f32", "FG,resnet18,1,f32,2.5000,", "FG,resnet18,1,f32,2.5000,20", "FG\n"
            })
    void aLineCutShortIsLeftOut(String last) throws IOException {
        Pytorch read = read(MEASURED + last);
        assertEquals("PyTorch 2.9", read.version());
        assertEquals(new NetworkTime(1.5, 1000), read.time("F", "resnet18", 1, "f32"));
        assertEquals(NetworkTime.TOO_LARGE, read.time("F", "resnet18", 8, "f32"));
        assertNull(read.time("FG", "resnet18", 1, "f32"));
    }

    @Test
    void nothingAtAll() throws IOException {
        assertEquals("", read("").version());
        assertEquals("", read("PyTo").version());
        assertEquals("", Pytorch.read(folder.resolve("absent")).version());
    }
}
