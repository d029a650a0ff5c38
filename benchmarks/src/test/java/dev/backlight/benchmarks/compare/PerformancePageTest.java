package dev.backlight.benchmarks.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.benchmarks.contest.OneThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PerformancePageTest {
    @TempDir
    Path folder;

    private static Cell cell(String job, double own, double peer) {
        return new Cell(
                job,
                "main",
                "2026-01-01T00:00:00Z",
                0,
                10,
                List.of(
                        new Score("backlight", "here", 0, List.of(own, own * 4, own / 4)),
                        new Score("pytorch", "there", 1e-6, List.of(peer, peer * 4, peer / 4))));
    }

    private String page(Cell... cells) throws IOException {
        Figures figures = new Figures(folder.resolve("performance"));
        for (Cell cell : cells) {
            figures.add(cell);
        }
        new PerformancePage(figures).write();
        return Files.readString(folder.resolve("performance.md"));
    }

    @Test
    void givesMediansRatiosAndTheirMean() throws IOException {
        String page = page(cell("FG:resnet18:1:224:2", 20, 50), cell("FG:vgg16:1:224:2", 250, 1000));
        assertTrue(page.contains("| resnet18, batch 1 | 20.0 (500) | 50.0 (200) | 0.40 |"), page);
        assertTrue(page.contains("| vgg16, batch 1 | 250 (40) | 1000 (10) | 0.25 |"), page);
        assertTrue(page.contains("| geometric mean |  |  | **0.32** |"), page);
        assertTrue(page.contains("| FG, time | pytorch | ≤ 0.50 | 0.32 | ≤ 0.70 | 0.40 | 2 of 8 | met so far |"), page);
        assertTrue(page.contains("| F, time | onnxruntime | ≤ 1.00 |  | ≤ 1.30 |  | 0 of 8 | not measured |"), page);
        assertTrue(
                ImageIO.read(folder.resolve("performance/ratios.png").toFile()).getWidth() > 100);
    }

    @Test
    void aNewerFigureTakesTheOldOnesPlace() throws IOException {
        String page = page(cell("FG:resnet18:1:224:2", 20, 50), cell("FG:resnet18:1:224:2", 40, 50));
        assertTrue(page.contains("| resnet18, batch 1 | 40.0 (250) | 50.0 (200) | 0.80 |"), page);
        assertTrue(page.contains("| 1 of 8 | not met |"), page);
    }

    @Test
    void keepsOneThreadApartFromPeers() throws IOException {
        assertTrue(
                page(cell("F:resnet18:1:224:2", 20, 30)).contains("| ≥ 1.80 |  | ≥ 1.80 |  | 0 of 6 | not measured |"));
        String page = page(
                oneThread("F:resnet18:1:224:2", List.of(20.0, 40.0, 10.0), List.of(38.0, 68.0, 20.0)),
                oneThread("LPR:resnet18:8:224:2", List.of(500.0), List.of(1000.0)));
        assertTrue(page.contains("| F resnet18 batch 1 | 38.0 | 20.0 | 1.90 |"), page);
        assertTrue(page.contains("| LPR resnet18 batch 8 | 1000 | 500 | 2.00 |"), page);
        assertTrue(
                page.contains(
                        "| 2 threads, times as fast | 1 thread | ≥ 1.80 | 1.95 | ≥ 1.80 | 1.90 | 2 of 6 | met so far |"),
                page);
        assertTrue(page.contains("|  | Backlight | pytorch | ratio |"), page);
        assertFalse(page.contains("## LPR"), page);
    }

    private static Cell oneThread(String job, List<Double> two, List<Double> one) {
        return new Cell(
                job,
                OneThread.GROUP,
                "2026-01-01T00:00:00Z",
                0,
                10,
                List.of(new Score("backlight", "here", 0, two), new Score(OneThread.NAME, "here", 0, one)));
    }

    @Test
    void statistics() {
        assertEquals(2.5, Statistics.median(List.of(4.0, 1.0, 3.0, 2.0)));
        assertEquals(0.5, Statistics.medianRatio(List.of(1.0, 10.0, 9.0), List.of(2.0, 20.0, 1.0)));
        assertEquals(4, Statistics.geometricMean(List.of(2.0, 8.0)), 1e-12);
    }
}
