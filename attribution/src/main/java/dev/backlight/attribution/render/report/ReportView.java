package dev.backlight.attribution.render.report;

import dev.backlight.attribution.render.report.ReportModel.Entry;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A {@link ReportModel} as the template wants it: every number a text, every picture a data URI. */
record ReportView(
        String css,
        String title,
        String created,
        String network,
        boolean several,
        List<Image> images,
        List<Entry> settings,
        List<Entry> timings,
        List<Entry> versions) {

    /** One picture; {@code anchor} is where links inside the page lead. */
    record Image(
            String anchor,
            String name,
            String source,
            String size,
            Picture picture,
            String target,
            String probability,
            List<Bar> top,
            List<MapView> maps) {}

    /** One class with its probability as text and as the CSS length of its bar. */
    record Bar(String name, int index, String percent, String length, boolean target) {}

    /** The data URI of a PNG. */
    record Picture(String uri, String alt) {}

    static ReportView of(ReportModel model, String css, Function<String, byte[]> files) {
        return new ReportView(
                css,
                model.title(),
                model.created().replace("T", " ").replace("Z", " UTC"),
                network(model.network()),
                model.images().size() > 1,
                IntStream.range(0, model.images().size())
                        .mapToObj(i -> image(i, model.images().get(i), files))
                        .toList(),
                model.settings(),
                model.timings().stream()
                        .map(timing -> new Entry(timing.name(), Figures.seconds(timing.seconds())))
                        .toList(),
                model.versions());
    }

    static Picture picture(String file, String alt, Function<String, byte[]> files) {
        String data = Base64.getEncoder().encodeToString(files.apply(file));
        return new Picture("data:image/png;base64," + data, alt);
    }

    private static String network(ReportModel.Network network) {
        String shape = String.join(
                " × ", network.inputShape().stream().map(String::valueOf).toList());
        return String.format(
                Locale.ROOT,
                "%s · input %s · %,d classes · %,d parameters",
                network.name(),
                shape,
                network.classes(),
                network.parameters());
    }

    private static Image image(int number, ImageResult image, Function<String, byte[]> files) {
        List<MapView> maps =
                image.maps().stream().map(map -> MapView.of(map, files)).toList();
        return new Image(
                "image-" + (number + 1),
                image.name(),
                image.source(),
                image.width() + " × " + image.height() + " pixels",
                picture(image.picture(), "The picture as the network sees it", files),
                image.target().name(),
                Figures.percent(image.target().probability()),
                image.top().stream().map(score -> bar(score, image.target())).toList(),
                maps);
    }

    private static Bar bar(ClassScore score, ClassScore target) {
        double shown = Double.isFinite(score.probability()) ? Math.clamp(score.probability(), 0, 1) : 0;
        return new Bar(
                score.name(),
                score.index(),
                Figures.percent(score.probability()),
                String.format(Locale.ROOT, "%.2f%%", 100 * shown),
                score.index() == target.index());
    }
}
