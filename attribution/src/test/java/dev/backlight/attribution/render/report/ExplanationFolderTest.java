package dev.backlight.attribution.render.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.render.Normalisation;
import dev.backlight.attribution.render.Overlay;
import dev.backlight.attribution.render.Pictures;
import dev.backlight.attribution.render.ScalarField;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplanationFolderTest {
    @TempDir
    Path folder;

    @Test
    void onePixelWithAMapOfNothingIsStillAResult() throws IOException {
        ImageResult result = add("dot.png", 1, 1, ScalarField.of(1, 1, new float[] {Float.NaN}));
        BufferedImage overlay =
                ImageIO.read(folder.resolve(result.maps().getFirst().overlay()).toFile());
        assertEquals(224, overlay.getWidth());
        assertEquals(0x5A5A5A, overlay.getRGB(100, 100) & 0xFFFFFF, "no number, no colour");
        assertEquals(1, result.maps().getFirst().colours().nonFinite());
        assertEquals(0, result.maps().getFirst().colours().high());
    }

    @Test
    void proportionsAreKept() throws IOException {
        ImageResult result = add("wide.png", 10, 30, ScalarField.of(10, 30, new float[300]));
        BufferedImage picture = ImageIO.read(folder.resolve(result.picture()).toFile());
        assertEquals(240, picture.getWidth());
        assertEquals(80, picture.getHeight());
        assertEquals(10, result.height());
        assertEquals(30, result.width());
    }

    @Test
    void namesCannotLeaveTheFolder() throws IOException {
        for (String name : List.of("../../evil.png", "a b\\c?.jpg", ".hidden", "日本.png", "x".repeat(300))) {
            add(name, 2, 2, ScalarField.of(2, 2, new float[] {1, 2, 3, 4}));
        }
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            assertEquals(5 * 5, all.size());
            assertTrue(all.stream().allMatch(file -> folder.equals(file.getParent())));
        }
        assertTrue(Files.exists(folder.resolve("evil-m_1.png")));
        assertTrue(Files.exists(folder.resolve("日本-m_1.npy")));
    }

    private ImageResult add(String name, int height, int width, ScalarField field) {
        int[] rgb = new int[height * width];
        Arrays.fill(rgb, 0x5A5A5A);
        ClassScore cat = new ClassScore(0, "cat", 1, 0.5);
        return new ExplanationFolder(folder, Overlay.onGrey())
                .add(new ExplainedImage(
                        name,
                        name,
                        Pictures.ofRgb(height, width, rgb),
                        List.of(cat),
                        cat,
                        List.of(new ExplainedImage.Map(
                                "m/1", "Method", field, Normalisation.unsigned(), 0.1, MapScores.NONE))));
    }
}
