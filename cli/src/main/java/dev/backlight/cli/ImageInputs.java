package dev.backlight.cli;

import dev.backlight.models.data.ImageFile;
import dev.backlight.models.data.Picture;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** The pictures of a run. */
final class ImageInputs {
    private static final String BUNDLED = "chelsea.png";

    private ImageInputs() {}

    /**
     * A picture and what to call it.
     *
     * @param name for file names and headings
     * @param source as the user gave it
     */
    record Named(String name, String source, Picture picture) {}

    /**
     * Reads all files before anything is computed.
     *
     * @throws dev.backlight.engine.shape.BacklightException when one is missing or no image
     */
    static List<Named> read(List<Path> files) {
        return files.stream()
                .map(file -> new Named(String.valueOf(file.getFileName()), file.toString(), ImageFile.read(file)))
                .toList();
    }

    /** The cat that comes with the program. */
    static Named bundled() {
        try (InputStream in = ImageInputs.class.getResourceAsStream(BUNDLED)) {
            if (in == null) {
                throw new IllegalStateException("the program's own picture " + BUNDLED + " is missing; build it again");
            }
            return new Named(BUNDLED, "bundled picture " + BUNDLED, ImageFile.decode(in.readAllBytes(), BUNDLED));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
