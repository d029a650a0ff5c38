package dev.backlight.attribution.render.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.io.Npy;
import dev.backlight.engine.shape.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultJsonTest {
    @TempDir
    Path folder;

    @Test
    void readsBackWhatItWrote() throws IOException {
        ReportModel model = Samples.writeAll(folder, Samples.classes(), List.of(Samples.picture(), Samples.picture()));
        assertEquals(model, ResultJson.read(folder.resolve("result.json")));
    }

    @Test
    void numbersKeepEveryDigitAndNonFiniteOnesSurvive() throws IOException {
        List<ClassScore> odd = List.of(
                new ClassScore(0, "a", 0.1 + 0.2, Math.nextUp(1.0 / 3)),
                new ClassScore(1, "b", Double.NaN, Double.MIN_VALUE),
                new ClassScore(2, "c", Double.NEGATIVE_INFINITY, -0.0));
        ReportModel model = Samples.writeAll(folder, odd, List.of(Samples.picture()));
        Path file = folder.resolve("result.json");
        assertEquals(model, ResultJson.read(file));
        JsonNode top = tree(file).at("/images/0/top");
        assertEquals("NaN", top.at("/1/logit").textValue());
        assertEquals("-Infinity", top.at("/2/logit").textValue());
        assertTrue(top.at("/0/logit").isNumber());
    }

    @Test
    void aTrainingThatDivergedIsReadBack() throws IOException {
        List<Double> losses = List.of(0.5, 1e300, Double.POSITIVE_INFINITY, Double.NaN);
        MapResult map = new MapResult(
                "learned",
                "Learned rule",
                1,
                1,
                "a.npy",
                "a.png",
                "a-map.png",
                new MapResult.Colours("sequential", 0, 0, 1),
                Double.NaN,
                new MapScores(null, null, Double.NaN, losses));
        ClassScore cat = Samples.classes().getFirst();
        ReportModel model = new ReportModel(
                ReportModel.SCHEMA_VERSION,
                "t",
                "2026-11-22T20:15:30Z",
                new ReportModel.Network("n", List.of(1, 1, 1), 1, 1),
                List.of(new ImageResult("a", "a", 1, 1, "a.png", "a-panel.png", List.of(cat), cat, List.of(map))),
                List.of(),
                List.of(),
                List.of());
        Path file = folder.resolve("result.json");
        ResultJson.write(file, model);
        assertEquals(model, ResultJson.read(file));
    }

    @Test
    void namesFilesThatLieBesideIt() throws IOException {
        Samples.writeAll(folder, Samples.classes(), List.of(Samples.picture()));
        JsonNode image = tree(folder.resolve("result.json")).at("/images/0");
        assertEquals(
                "chelsea-integrated-gradients.png", image.at("/maps/2/overlay").textValue());
        assertEquals(
                "chelsea-integrated-gradients.npy", image.at("/maps/2/values").textValue());
        for (String file : List.of("/picture", "/panel", "/maps/0/overlay", "/maps/0/heat", "/maps/0/values")) {
            assertTrue(Files.isRegularFile(folder.resolve(image.at(file).textValue())), file);
        }
        NamedArray stored = Npy.read(folder.resolve("chelsea-integrated-gradients.npy"));
        assertArrayEquals(new int[] {7, 7}, stored.shape().sizes());
        assertArrayEquals(Samples.blob(7, true).values(), stored.floats());
    }

    @Test
    void picturesOfOneNameKeepTheirFilesApart() {
        ReportModel model = Samples.writeAll(folder, Samples.classes(), List.of(Samples.picture(), Samples.picture()));
        assertEquals("chelsea.png", model.images().get(0).picture());
        assertEquals("chelsea-2.png", model.images().get(1).picture());
    }

    @Test
    void leavesOutWhatWasNotMeasured() throws IOException {
        Samples.writeAll(folder, Samples.classes(), List.of(Samples.picture()));
        JsonNode maps = tree(folder.resolve("result.json")).at("/images/0/maps");
        assertTrue(maps.at("/0/scores").has("trainingLoss"));
        assertFalse(maps.at("/0/scores").has("completenessResidual"));
        assertEquals(1, tree(folder.resolve("result.json")).at("/schemaVersion").intValue());
    }

    @Test
    void refusesOtherVersionsAndOtherFiles() throws IOException {
        Path file = folder.resolve("result.json");
        Files.writeString(file, "{\"schemaVersion\": 7}");
        assertTrue(refusal(file).contains("schema version 7"));
        Files.writeString(file, "no JSON");
        assertTrue(refusal(file).contains("result.json"));
        Files.writeString(file, "{\"schemaVersion\": 1, \"title\": \"cut\"}");
        assertTrue(refusal(file).contains("result.json"));
    }

    private static String refusal(Path file) {
        return String.valueOf(assertThrows(ModelFormatException.class, () -> ResultJson.read(file))
                .getMessage());
    }

    private static JsonNode tree(Path file) throws IOException {
        return JsonMapper.builder().build().readTree(file.toFile());
    }
}
