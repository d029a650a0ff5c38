package dev.backlight.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.render.report.ImageResult;
import dev.backlight.attribution.render.report.MapResult;
import dev.backlight.attribution.render.report.ReportModel;
import dev.backlight.attribution.render.report.ResultJson;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainTest {
    @TempDir
    private Path folder;

    private ReportModel explain(String methods, Path... pictures) throws IOException {
        Path out = folder.resolve("out");
        List<String> line = Shell.line(
                "explain --threads 1 --steps 2 --model", Samples.model(folder), "--method", methods, "--out", out);
        for (Path picture : pictures) {
            line.add(picture.toString());
        }
        Shell.succeed(line.toArray(String[]::new));
        return ResultJson.read(out.resolve("result.json"));
    }

    @Test
    void writesReportResultsAndMaps() throws IOException {
        Path picture = Samples.png(folder.resolve("cat.png"), Samples.picture(BufferedImage.TYPE_INT_RGB));
        ReportModel report = explain("learned,guided,integrated-gradients", picture);
        for (String name : List.of(
                "report.html",
                "cat-learned.png",
                "cat-learned.npy",
                "cat-guided.png",
                "cat-guided.npy",
                "cat-panel.png")) {
            assertTrue(Files.size(folder.resolve("out").resolve(name)) > 0, name);
        }
        ImageResult image = report.images().getFirst();
        assertEquals(5, image.top().size());
        assertEquals(image.top().getFirst(), image.target());
        assertEquals(
                List.of("learned", "guided", "integrated-gradients"),
                image.maps().stream().map(MapResult::method).toList());
        MapResult learned = image.maps().getFirst();
        assertEquals(3, Objects.requireNonNull(learned.scores().trainingLoss()).size());
        assertEquals(
                13,
                Objects.requireNonNull(learned.scores().insertion())
                        .probabilities()
                        .size());
    }

    @Test
    void picturesOfOneNameDoNotOverwriteEachOther() throws IOException {
        Path first = Samples.png(folder.resolve("a/cat.png"), Samples.picture(BufferedImage.TYPE_INT_RGB));
        Path second = Samples.png(folder.resolve("b/cat.png"), Samples.picture(BufferedImage.TYPE_BYTE_GRAY));
        ReportModel report = explain("saliency", first, second);
        assertEquals(
                List.of("cat", "cat-2"),
                report.images().stream().map(ImageResult::name).toList());
        assertTrue(Files.exists(folder.resolve("out/cat-saliency.png")));
        assertTrue(Files.exists(folder.resolve("out/cat-2-saliency.png")));
    }

    @Test
    void unusualPicturesSimplyWork() throws IOException {
        Path paletted = Samples.png(folder.resolve("paletted.png"), Samples.picture(BufferedImage.TYPE_BYTE_INDEXED));
        Path transparent = Samples.png(folder.resolve("transparent.png"), Samples.picture(BufferedImage.TYPE_INT_ARGB));
        Path deep = Samples.png(folder.resolve("deep.png"), sixteenBit());
        Path cmyk = Samples.resource(folder, "cmyk.jpg");
        ReportModel report = explain("saliency", paletted, transparent, deep, cmyk);
        assertEquals(4, report.images().size());
    }

    private static BufferedImage sixteenBit() {
        var model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_USHORT);
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, 9, 7, 3, null);
        for (int x = 0; x < 9; x++) {
            for (int y = 0; y < 7; y++) {
                raster.setPixel(x, y, new int[] {x * 7000, y * 9000, 30_000});
            }
        }
        return new BufferedImage(model, raster, false, null);
    }
}
