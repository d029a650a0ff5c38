package dev.backlight.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.models.onnx.operator.OperatorTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page of operators says what the code does; {@code -Dbacklight.docs=write} writes it. */
class OperatorPageTest {
    @Test
    void isCurrent() throws IOException {
        Path page = Path.of(System.getProperty("backlight.root", "..")).resolve("docs/onnx-operators.md");
        if (System.getProperty("backlight.docs", "").equals("write")) {
            Files.writeString(page, OperatorTable.markdown());
        }
        assertEquals(OperatorTable.markdown(), Files.readString(page), "run it with -Dbacklight.docs=write");
    }
}
