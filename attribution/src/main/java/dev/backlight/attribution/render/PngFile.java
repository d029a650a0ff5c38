package dev.backlight.attribution.render;

import dev.backlight.engine.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures as PNG. */
public final class PngFile {
    private PngFile() {}

    /** The bytes of {@code picture} as a PNG file. */
    public static byte[] encode(BufferedImage picture) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // Given a plain stream, ImageIO would copy everything through a temporary file.
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(picture, "png", out)) {
                throw new IOException("This Java runtime has no PNG writer; use one with the module java.desktop.");
            }
        }
        return bytes.toByteArray();
    }

    /**
     * Writes {@code picture} to {@code file}, whole or not at all.
     *
     * @throws dev.backlight.engine.shape.BacklightException when it cannot be written; an existing file is then
     *     untouched
     */
    public static void write(Path file, BufferedImage picture) {
        AtomicFile.write(file, out -> out.write(encode(picture)));
    }
}
