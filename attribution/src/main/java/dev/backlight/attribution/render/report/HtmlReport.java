package dev.backlight.attribution.render.report;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import dev.backlight.engine.io.AtomicFile;
import dev.backlight.engine.shape.BacklightException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * A {@link ReportModel} as one HTML file that needs nothing else: styles inline, pictures as data URIs, no script, no
 * request to anywhere. The file is well-formed XML too.
 */
public final class HtmlReport {
    private HtmlReport() {}

    /**
     * Writes the report to {@code file}, with the pictures that the model names beside it.
     *
     * @throws BacklightException when a picture is missing or the file cannot be written
     */
    public static void write(Path file, ReportModel model) {
        String html = render(model, name -> bytes(file.resolveSibling(name)));
        AtomicFile.write(file, out -> out.write(html.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The text of the report.
     *
     * @param files gives the bytes of a PNG file that the model names
     */
    public static String render(ReportModel model, Function<String, byte[]> files) {
        // Texts are escaped unless the template asks for them raw, and a name it misspells is an error.
        Template template = Mustache.compiler().compile(resource("report.mustache"));
        return template.execute(ReportView.of(model, resource("report.css"), files));
    }

    private static byte[] bytes(Path picture) {
        try {
            return Files.readAllBytes(picture);
        } catch (IOException e) {
            throw new BacklightException("the report needs the picture " + picture + ", which cannot be read", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The program's own file " + name + " is missing; build it again.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
