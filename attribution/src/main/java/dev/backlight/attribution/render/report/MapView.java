package dev.backlight.attribution.render.report;

import dev.backlight.attribution.render.ColourMap;
import dev.backlight.attribution.render.Ticks;
import dev.backlight.attribution.render.report.MapScores.Curve;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One map as the template wants it.
 *
 * @param note a warning about the map's values, or null
 * @param curves insertion and deletion as SVG, or null
 * @param training the loss of the learned rule as SVG, or null
 */
record MapView(
        String method,
        String title,
        ReportView.Picture overlay,
        ReportView.Picture heat,
        String gradient,
        List<Mark> marks,
        @Nullable String note,
        String insertion,
        String deletion,
        String difference,
        String completeness,
        String time,
        @Nullable String curves,
        @Nullable String training,
        @Nullable String trainingSummary) {
    private static final String ABSENT = "–";
    private static final int STOPS = 33;

    /** A labelled tick of the colour bar, {@code place} as a CSS length from its left end. */
    record Mark(String label, String place) {}

    static MapView of(MapResult map, Function<String, byte[]> files) {
        MapScores scores = map.scores();
        Curve insertion = scores.insertion();
        Curve deletion = scores.deletion();
        Double residual = scores.completenessResidual();
        return new MapView(
                map.method(),
                map.title(),
                ReportView.picture(map.overlay(), map.title() + " over the picture", files),
                ReportView.picture(map.heat(), map.title() + ", the map alone", files),
                gradient(ColourMap.named(map.colours().name())),
                marks(map.colours()),
                note(map.colours()),
                insertion == null ? ABSENT : Figures.number(insertion.area(), 3),
                deletion == null ? ABSENT : Figures.number(deletion.area(), 3),
                insertion == null || deletion == null ? ABSENT : Figures.number(insertion.area() - deletion.area(), 3),
                residual == null ? ABSENT : Figures.number(residual, 4),
                Figures.seconds(map.seconds()),
                curves(map.title(), insertion, deletion),
                training(map.title(), scores.trainingLoss()),
                trainingSummary(scores.trainingLoss()));
    }

    private static String gradient(ColourMap colours) {
        return IntStream.range(0, STOPS)
                .mapToObj(i -> String.format(Locale.ROOT, "#%06x", colours.rgb(i / (STOPS - 1.0))))
                .collect(Collectors.joining(",", "linear-gradient(to right,", ")"));
    }

    private static List<Mark> marks(MapResult.Colours colours) {
        double span = colours.high() - colours.low();
        if (!(span > 0)) {
            return List.of(new Mark("0", colours.low() < 0 ? "50%" : "0%"));
        }
        return Ticks.between(colours.low(), colours.high()).stream()
                .map(tick -> new Mark(
                        tick.label(),
                        String.format(Locale.ROOT, "%.2f%%", 100 * (tick.value() - colours.low()) / span)))
                .toList();
    }

    private static @Nullable String note(MapResult.Colours colours) {
        List<String> notes = new ArrayList<>();
        if (!(colours.high() > 0)) {
            notes.add("This map has no value other than zero to show.");
        }
        if (colours.nonFinite() > 0) {
            notes.add(colours.nonFinite() + " of its values are not finite numbers.");
        }
        return notes.isEmpty() ? null : String.join(" ", notes);
    }

    private static @Nullable String curves(String title, @Nullable Curve insertion, @Nullable Curve deletion) {
        if (insertion == null || deletion == null) {
            return null;
        }
        return new LineChart(
                        "Insertion and deletion curves of " + title,
                        "fraction of pixels",
                        0,
                        1,
                        List.of(series(insertion), series(deletion)))
                .svg();
    }

    private static LineChart.Series series(Curve curve) {
        return new LineChart.Series(curve.fractions(), curve.probabilities());
    }

    private static @Nullable String training(String title, @Nullable List<Double> losses) {
        if (losses == null || losses.size() < 2) {
            return null;
        }
        List<Double> steps =
                IntStream.range(0, losses.size()).mapToObj(i -> (double) i).toList();
        return LineChart.fitting("Training loss of " + title, "step", new LineChart.Series(steps, losses))
                .svg();
    }

    private static @Nullable String trainingSummary(@Nullable List<Double> losses) {
        if (losses == null || losses.size() < 2) {
            return null;
        }
        return "from %s to %s in %d steps"
                .formatted(
                        Figures.number(losses.getFirst(), 3), Figures.number(losses.getLast(), 3), losses.size() - 1);
    }
}
