package dev.backlight.attribution.render.report;

import dev.backlight.attribution.render.ColourBar;
import dev.backlight.attribution.render.ColourMap;
import dev.backlight.attribution.render.Normalisation.Range;
import dev.backlight.attribution.render.Overlay;
import dev.backlight.attribution.render.Panel;
import dev.backlight.attribution.render.Pictures;
import dev.backlight.attribution.render.PngFile;
import dev.backlight.attribution.render.ScalarField;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.io.Npy;
import dev.backlight.engine.shape.Shape;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The folder that a run fills: per picture {@code IMAGE.png} and {@code IMAGE-panel.png}, per picture and method
 * {@code IMAGE-METHOD.png} (the overlay), {@code IMAGE-METHOD-map.png} and {@code IMAGE-METHOD.npy}, and at the end
 * {@code result.json} and {@code report.html}. Each file appears only when it is complete. For one thread.
 *
 * <p>Every method throws {@link dev.backlight.engine.shape.BacklightException} when a file cannot be written.
 */
public final class ExplanationFolder {
    /** Pictures are enlarged to this many pixels at least on their longer side, by a whole factor. */
    private static final int SMALLEST_SIDE = 224;

    private static final int LONGEST_NAME = 80;

    private final Path folder;
    private final Overlay overlay;
    private final Set<String> taken = new HashSet<>();

    public ExplanationFolder(Path folder, Overlay overlay) {
        this.folder = folder;
        this.overlay = overlay;
    }

    /** Writes the files of one picture and returns what results say about it. */
    public ImageResult add(ExplainedImage image) {
        String name = unused(slug(withoutEnding(image.name())));
        BufferedImage picture = Pictures.enlarged(image.picture(), SMALLEST_SIDE);
        PngFile.write(folder.resolve(name + ".png"), picture);
        List<MapResult> maps = new ArrayList<>();
        List<Panel.Tile> tiles = new ArrayList<>();
        tiles.add(new Panel.Tile("Input", picture, null));
        for (ExplainedImage.Map map : image.maps()) {
            String base = unused(name + "-" + slug(map.method()));
            Range range = map.normalisation().range(map.field());
            ColourMap colours = map.normalisation().colourMap();
            BufferedImage over = overlay.draw(picture, map.field(), range, colours);
            maps.add(write(base, map, over, range, colours));
            String caption = range.flat() ? map.title() + " (all zero)" : map.title();
            tiles.add(new Panel.Tile(caption, over, new ColourBar(colours, range)));
        }
        String panel = name + "-panel.png";
        PngFile.write(folder.resolve(panel), new Panel(image.name(), subtitle(image.target()), tiles).draw());
        return new ImageResult(
                name,
                image.source(),
                image.picture().getHeight(),
                image.picture().getWidth(),
                name + ".png",
                panel,
                image.top(),
                image.target(),
                maps);
    }

    /** Writes {@code result.json} and {@code report.html}. */
    public void finish(ReportModel model) {
        ResultJson.write(folder.resolve("result.json"), model);
        HtmlReport.write(folder.resolve("report.html"), model);
    }

    private MapResult write(String base, ExplainedImage.Map map, BufferedImage over, Range range, ColourMap colours) {
        ScalarField field = map.field();
        BufferedImage heat = Pictures.enlarged(Pictures.heat(field, range, colours), SMALLEST_SIDE);
        PngFile.write(folder.resolve(base + ".png"), over);
        PngFile.write(folder.resolve(base + "-map.png"), heat);
        Npy.write(
                folder.resolve(base + ".npy"),
                NamedArray.of(base, Shape.of(field.height(), field.width()), field.values()));
        return new MapResult(
                map.method(),
                map.title(),
                field.height(),
                field.width(),
                base + ".npy",
                base + ".png",
                base + "-map.png",
                new MapResult.Colours(colours.name(), range.low(), range.high(), field.nonFiniteCount()),
                map.seconds(),
                map.scores());
    }

    private static String subtitle(ClassScore target) {
        return "Why “%s”? The network gives it %s.".formatted(target.name(), Figures.percent(target.probability()));
    }

    /** Letters, digits, dots, hyphens and underscores of any script stay; all else, path separators first, does not. */
    private static String slug(String text) {
        String safe = text.replaceAll("[^\\p{L}\\p{N}._-]+", "_").replaceFirst("^\\.+", "");
        String cut = safe.codePointCount(0, safe.length()) > LONGEST_NAME
                ? safe.substring(0, safe.offsetByCodePoints(0, LONGEST_NAME))
                : safe;
        return cut.isEmpty() ? "image" : cut;
    }

    private static String withoutEnding(String fileName) {
        String name = fileName.substring(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    /** Two pictures of one name keep their files apart, also where the file system ignores case. */
    private String unused(String base) {
        String name = base;
        for (int number = 2; !taken.add(name.toLowerCase(Locale.ROOT)); number++) {
            name = base + "-" + number;
        }
        return name;
    }
}
