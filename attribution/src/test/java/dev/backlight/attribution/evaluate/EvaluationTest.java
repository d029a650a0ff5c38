package dev.backlight.attribution.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.method.InputGradient;
import dev.backlight.attribution.method.Networks;
import dev.backlight.attribution.method.Progress;
import dev.backlight.attribution.metric.InsertionDeletion;
import dev.backlight.attribution.rule.FixedRule;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Relu;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.ShapeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
    private static final Map<String, String> SETTINGS = Map.of("model", "small", "step", "8");

    private final Layer network = Networks.convolutional(new Relu());
    private final List<Attributor> methods = List.of(InputGradient.saliency(), InputGradient.under(FixedRule.GUIDED));
    private final InsertionDeletion rise = InsertionDeletion.rise(8);
    private final Evaluation evaluation = new Evaluation(network, methods, List.of(rise, rise.otherFills()), 2);

    private final List<Sample> samples = IntStream.range(0, 5)
            .mapToObj(i -> new Sample(
                    "image \"" + i + "\", small",
                    () -> Ops.slice(Networks.images(5, 3), 0, i, i + 1),
                    i == 4 ? OptionalInt.of(2) : OptionalInt.empty()))
            .toList();

    @TempDir
    private Path folder;

    private static class Interruption extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void anInterruptedRunResumesAndFindsTheSame() throws IOException {
        List<Row> whole = run("whole.jsonl", Progress.NONE);
        assertEquals(5 * 2 * 2, whole.size());
        assertThrows(
                Interruption.class,
                () -> run("cut.jsonl", (done, _) -> {
                    if (done == 6) {
                        throw new Interruption();
                    }
                }));
        Path cut = folder.resolve("cut.jsonl");
        List<String> lines = Files.readAllLines(cut);
        assertEquals(1 + 3 * 2 * 2, lines.size());
        String last = lines.getLast();
        Files.writeString(cut, String.join("\n", lines.subList(0, 12)) + "\n" + last.substring(0, last.length() / 2));
        List<Row> resumed = run("cut.jsonl", Progress.NONE);
        assertEquals(scores(whole), scores(resumed));
        assertEquals(resumed, run("cut.jsonl", Progress.NONE), "a finished run finds nothing new");
    }

    @Test
    void otherSettingsAreRefused() {
        run("rows.jsonl", Progress.NONE);
        var error = assertThrows(
                BacklightException.class,
                () -> Journal.open(folder.resolve("rows.jsonl"), Map.of("model", "large", "step", "8")));
        assertTrue(error.toString().contains("found with model = small, but this run has large; "), error.toString());
    }

    @Test
    void whatIsNoJournalIsRefused() throws IOException {
        Path file = folder.resolve("notes.txt");
        Files.writeString(file, "milk\neggs\n");
        var error = assertThrows(ModelFormatException.class, () -> Journal.open(file, SETTINGS));
        assertTrue(error.toString().contains("notes.txt, line 1: "), error.toString());
        assertEquals("milk\neggs\n", Files.readString(file));
    }

    @Test
    void aFileWithoutALineIsLeftAlone() throws IOException {
        Path file = folder.resolve("notes.txt");
        Files.writeString(file, "milk");
        assertThrows(ModelFormatException.class, () -> Journal.open(file, SETTINGS));
        assertEquals("milk", Files.readString(file));
        Files.writeString(file, "{}\n");
        assertThrows(ModelFormatException.class, () -> Journal.open(file, SETTINGS));
    }

    @Test
    void aHeaderCutShortIsWrittenAnew() throws IOException {
        Path file = folder.resolve("rows.jsonl");
        Journal.open(file, SETTINGS).close();
        byte[] header = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(header, header.length / 2));
        Journal.open(file, SETTINGS).close();
        assertArrayEquals(header, Files.readAllBytes(file));
    }

    @Test
    void aLineCutWithinACharacterIsDropped() throws IOException {
        Path file = folder.resolve("rows.jsonl");
        Journal.open(file, SETTINGS).close();
        byte[] whole = Files.readAllBytes(file);
        byte[] cut = "{\"method\":\"é".getBytes(StandardCharsets.UTF_8);
        Files.write(file, Arrays.copyOf(cut, cut.length - 1), StandardOpenOption.APPEND);
        try (Journal journal = Journal.open(file, SETTINGS)) {
            assertEquals(List.of(), journal.rows());
        }
        assertArrayEquals(whole, Files.readAllBytes(file));
    }

    @Test
    void twoRunsAtOnceAreRefused() {
        Path file = folder.resolve("rows.jsonl");
        try (Journal _ = Journal.open(file, SETTINGS)) {
            var error = assertThrows(BacklightException.class, () -> Journal.open(file, SETTINGS));
            assertTrue(error.toString().contains("another run is writing"), error.toString());
        }
        Journal.open(file, SETTINGS).close();
    }

    @Test
    void aMapThatIsNoNumberIsNamed() {
        Sample good = samples.getFirst();
        Sample bad = new Sample("bad", () -> Ops.mul(good.image().get(), Double.NaN), OptionalInt.of(0));
        try (Journal journal = Journal.open(folder.resolve("rows.jsonl"), SETTINGS)) {
            var error = assertThrows(
                    BacklightException.class,
                    () -> new Evaluation(network, List.of(InputGradient.multiplied()), List.of(rise), 2)
                            .run(List.of(good, bad), journal, Progress.NONE));
            assertTrue(error.toString().contains("input-x-gradient on the batch from"), error.toString());
            assertTrue(error.toString().contains("image 1 of the batch is not a number"), error.toString());
        }
    }

    @Test
    void oneImageTwiceIsRefused() {
        List<Sample> twice =
                Collections.nCopies(2, samples).stream().flatMap(List::stream).toList();
        try (Journal journal = Journal.open(folder.resolve("rows.jsonl"), SETTINGS)) {
            assertThrows(ShapeException.class, () -> evaluation.run(twice, journal, Progress.NONE));
        }
    }

    @Test
    void aStatedTargetIsTaken() {
        List<Row> rows = run("rows.jsonl", Progress.NONE);
        assertTrue(rows.stream().filter(row -> row.image().contains("4")).allMatch(row -> row.target() == 2));
    }

    @Test
    void filesHoldTheTable() throws IOException {
        List<Row> rows = run("rows.jsonl", Progress.NONE);
        EvaluationFiles.write(folder, SETTINGS, rows, Bootstrap.standard(1));
        List<String> images = Files.readAllLines(folder.resolve("images.csv"));
        assertEquals(21, images.size());
        assertTrue(images.get(1).startsWith("saliency,\"image \"\"0\"\", small\","), images.get(1));
        List<String> table = Files.readAllLines(folder.resolve("table.csv"));
        assertEquals(
                List.of("saliency", "blur/zero", "5"),
                List.of(table.get(1).split(",")).subList(0, 3));
        assertEquals(5, table.size());
        assertTrue(Files.readString(folder.resolve("table.json")).contains("\"overFirst\""));
        List<MethodScores> scores = MethodScores.of(rows, Bootstrap.standard(1));
        double mean = rows.stream()
                .filter(row -> row.method().equals("guided") && row.fills().equals("zero/blur"))
                .mapToDouble(row -> row.insertion() - row.deletion())
                .average()
                .orElseThrow();
        assertEquals(mean, scores.getLast().difference().mean(), 1e-15);
        assertEquals(
                mean - scores.get(2).difference().mean(),
                scores.getLast().overFirst().mean(),
                1e-15);
        assertEquals(new Interval(0, 0, 0), scores.getFirst().overFirst());
    }

    private List<Row> run(String file, Progress progress) {
        try (Journal journal = Journal.open(folder.resolve(file), SETTINGS)) {
            evaluation.run(samples, journal, progress);
            return List.copyOf(journal.rows());
        }
    }

    /** Without times. */
    private static List<String> scores(List<Row> rows) {
        return rows.stream()
                .map(row -> row.method() + row.image() + row.target() + row.fills() + row.insertion() + row.deletion())
                .sorted()
                .toList();
    }
}
