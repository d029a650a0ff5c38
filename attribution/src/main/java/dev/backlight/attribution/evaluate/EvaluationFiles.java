package dev.backlight.attribution.evaluate;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backlight.engine.io.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The results of an evaluation as files, each of which appears whole or not at all: {@code images.csv} with a line per
 * method, image and pair of fills, and the table of methods as {@code table.csv} and {@code table.json}. CSV is that of
 * RFC 4180 with a header and {@code \n}; numbers have all their digits.
 */
public final class EvaluationFiles {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private EvaluationFiles() {}

    /** What {@code table.json} holds. */
    public record Table(Map<String, String> settings, Bootstrap bootstrap, List<MethodScores> methods) {}

    /** Writes the three files. */
    public static void write(Path folder, Map<String, String> settings, List<Row> rows, Bootstrap bootstrap) {
        List<MethodScores> scores = MethodScores.of(rows, bootstrap);
        text(
                folder.resolve("images.csv"),
                csv("method,image,target,fills,insertion,deletion,difference,seconds", rows, EvaluationFiles::cells));
        text(
                folder.resolve("table.csv"),
                csv(
                        "method,fills,images,insertion,insertion_low,insertion_high,deletion,deletion_low,deletion_high,"
                                + "difference,difference_low,difference_high,over_first,over_first_low,over_first_high,"
                                + "seconds",
                        scores,
                        EvaluationFiles::cells));
        Table table = new Table(new TreeMap<>(settings), bootstrap, scores);
        AtomicFile.write(
                folder.resolve("table.json"),
                out -> out.write(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(table)));
    }

    private static List<Object> cells(Row row) {
        return List.of(
                row.method(),
                row.image(),
                row.target(),
                row.fills(),
                row.insertion(),
                row.deletion(),
                row.difference(),
                row.seconds());
    }

    private static List<Object> cells(MethodScores scores) {
        return List.of(
                scores.method(),
                scores.fills(),
                scores.images(),
                scores.insertion().mean(),
                scores.insertion().low(),
                scores.insertion().high(),
                scores.deletion().mean(),
                scores.deletion().low(),
                scores.deletion().high(),
                scores.difference().mean(),
                scores.difference().low(),
                scores.difference().high(),
                scores.overFirst().mean(),
                scores.overFirst().low(),
                scores.overFirst().high(),
                scores.seconds());
    }

    private static <T> String csv(String header, List<T> lines, Function<T, List<Object>> cells) {
        StringBuilder text = new StringBuilder(header).append('\n');
        for (T line : lines) {
            text.append(String.join(
                            ",",
                            cells.apply(line).stream()
                                    .map(EvaluationFiles::quoted)
                                    .toList()))
                    .append('\n');
        }
        return text.toString();
    }

    private static String quoted(Object cell) {
        String text = String.valueOf(cell);
        boolean isPlain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return isPlain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    private static void text(Path file, String content) {
        AtomicFile.write(file, out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
    }
}
