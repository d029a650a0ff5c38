package dev.backlight.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Real weights and images that lie outside the project; tests that need them are skipped where they are absent. */
public final class SharedData {
    private SharedData() {}

    /** A file or folder of the shared data, from {@code BACKLIGHT_DATA} or {@code ../shared/data} beside the project. */
    public static Path require(String path) {
        Path root = Optional.ofNullable(System.getenv("BACKLIGHT_DATA"))
                .map(Path::of)
                .orElseGet(() -> projectRoot().resolveSibling("shared").resolve("data"));
        Path file = root.resolve(path);
        Assumptions.assumeTrue(Files.exists(file), () -> "skipped: " + file + " is absent (set BACKLIGHT_DATA)");
        return file;
    }

    /** Tests run in their module's folder or in the root. */
    private static Path projectRoot() {
        Path here = Path.of("").toAbsolutePath();
        Path parent = Optional.ofNullable(here.getParent()).orElse(here);
        return Files.exists(here.resolve("engine")) ? here : parent;
    }
}
