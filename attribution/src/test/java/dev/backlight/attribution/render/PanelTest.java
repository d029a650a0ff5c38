package dev.backlight.attribution.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.render.Normalisation.Range;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PanelTest {

    @Test
    void barTicksAreRoundIncludeZeroAndSitWhereTheirColourIs() {
        ColourBar bar = new ColourBar(ColourMap.DIVERGING, new Range(true, 0.73));
        List<Double> values = bar.ticks().stream().map(ColourBar.Tick::value).toList();
        assertTrue(values.contains(0.0));
        assertTrue(values.size() >= 3 && values.size() <= 7, values.toString());
        for (ColourBar.Tick tick : bar.ticks()) {
            assertEquals(bar.range().position(tick.value()), tick.position());
        }
    }

    @Test
    void barLabelsFitTheScale() {
        assertEquals(List.of("0", "0.5", "1.0", "1.5", "2.0"), labels(new Range(false, 2)));
        assertEquals(List.of("0", "5e−7", "1.0e−6", "1.5e−6"), labels(new Range(false, 1.7e-6)));
        assertEquals(List.of("0", "1e6", "2e6"), labels(new Range(false, 2.4e6)));
        assertEquals(List.of("0"), labels(new Range(false, 0)));
        assertEquals(List.of("−10", "−5", "0", "5", "10"), labels(new Range(true, 10.4)));
    }

    @Test
    void barStripShowsTheEndsOfTheMap() {
        BufferedImage bar = new ColourBar(ColourMap.SEQUENTIAL, new Range(false, 1)).draw(101);
        assertEquals(ColourMap.SEQUENTIAL.rgb(0.5), bar.getRGB(50, 5) & 0xFFFFFF);
        assertEquals(ColourMap.SEQUENTIAL.rgb(0.99), bar.getRGB(99, 5) & 0xFFFFFF);
    }

    @Test
    void smallPicturesAreEnlargedAndFullyShown() {
        BufferedImage small = OverlayTest.filled(32, 32, 0x2244AA);
        BufferedImage panel = new Panel(
                        "cat.png",
                        "cat 93 %",
                        List.of(
                                new Panel.Tile("input", small, null),
                                new Panel.Tile(
                                        "learned", small, new ColourBar(ColourMap.SEQUENTIAL, new Range(false, 1)))))
                .draw();
        long blue = 0;
        for (int y = 0; y < panel.getHeight(); y++) {
            for (int x = 0; x < panel.getWidth(); x++) {
                blue += (panel.getRGB(x, y) & 0xFFFFFF) == 0x2244AA ? 1 : 0;
            }
        }
        assertEquals(2L * 256 * 256, blue);
    }

    @Test
    void tilesAreSpreadEvenlyOverTheRows() {
        Panel.Tile tile = new Panel.Tile("t", OverlayTest.filled(256, 256, 0), null);
        BufferedImage four = new Panel("a", "b", Collections.nCopies(4, tile)).draw();
        BufferedImage six = new Panel("a", "b", Collections.nCopies(6, tile)).draw();
        BufferedImage three = new Panel("a", "b", Collections.nCopies(3, tile)).draw();
        assertEquals(three.getWidth(), six.getWidth());
        assertTrue(four.getWidth() > six.getWidth() && four.getHeight() < six.getHeight());
    }

    @Test
    void refusesAPanelOfNothing() {
        assertThrows(IllegalArgumentException.class, () -> new Panel("a", "b", List.of()));
    }

    @Test
    void pngIsReadBackExactlyAndLeavesNoPartialFile(@TempDir Path folder) throws IOException {
        BufferedImage picture = Pictures.ofRgb(1, 2, new int[] {0x010203, 0xFFFEFD});
        Path file = folder.resolve("deep/er/picture.png");
        PngFile.write(file, picture);
        PngFile.write(file, picture);
        BufferedImage back = ImageIO.read(file.toFile());
        assertEquals(0x010203, back.getRGB(0, 0) & 0xFFFFFF);
        assertEquals(0xFFFEFD, back.getRGB(1, 0) & 0xFFFFFF);
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertEquals(List.of(file), files.toList());
        }
    }

    private static List<String> labels(Range range) {
        return new ColourBar(ColourMap.SEQUENTIAL, range)
                .ticks().stream().map(ColourBar.Tick::label).toList();
    }
}
