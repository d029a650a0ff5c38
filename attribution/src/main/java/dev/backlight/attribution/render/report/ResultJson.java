package dev.backlight.attribution.render.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backlight.engine.io.AtomicFile;
import dev.backlight.engine.shape.ModelFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A {@link ReportModel} as JSON (RFC 8259), one member per record component. Numbers are written with as many digits as
 * tell them from every other double; NaN and the infinities, which JSON lacks, as the strings {@code "NaN"},
 * {@code "Infinity"} and {@code "-Infinity"}, which JavaScript's {@code Number()} reads too. What is null is left out.
 */
public final class ResultJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .defaultPropertyInclusion(JsonInclude.Value.ALL_NON_NULL)
            // A later program may add members without changing the meaning of these.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private ResultJson() {}

    /** The text of {@code model}, indented. */
    public static String encode(ReportModel model) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(model) + "\n";
        } catch (JacksonException e) {
            throw new IllegalStateException("The results cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Writes {@code model} to {@code file}, whole or not at all. */
    public static void write(Path file, ReportModel model) {
        AtomicFile.write(file, out -> out.write(encode(model).getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The model in {@code file}.
     *
     * @throws IOException when the file cannot be read
     * @throws ModelFormatException when it is no such JSON, or of another schema version
     */
    public static ReportModel read(Path file) throws IOException {
        try {
            JsonNode tree = MAPPER.readTree(Files.readString(file));
            int version = tree.path("schemaVersion").asInt(0);
            if (version != ReportModel.SCHEMA_VERSION) {
                throw new ModelFormatException(
                        "%s has schema version %d, but this program reads version %d; use its own program."
                                .formatted(file, version, ReportModel.SCHEMA_VERSION));
            }
            return MAPPER.treeToValue(tree, ReportModel.class);
        } catch (JacksonException e) {
            throw new ModelFormatException(
                    "%s is no result file of this program: %s".formatted(file, e.getOriginalMessage()), e);
        }
    }
}
