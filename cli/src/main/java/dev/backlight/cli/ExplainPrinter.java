package dev.backlight.cli;

import dev.backlight.attribution.render.report.ClassScore;
import dev.backlight.attribution.render.report.ExplainedImage;
import dev.backlight.attribution.render.report.MapScores.Curve;
import dev.backlight.cli.console.TextTable;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code explain} prints. */
record ExplainPrinter(PrintWriter out) {

    void network(LoadedModel classifier, int threads) {
        out.printf(
                Locale.ROOT,
                "%s, %,d parameters, on %s%n",
                classifier.name(),
                classifier.network().parameterCount(),
                classifier.device(threads));
        out.flush();
    }

    void image(ExplainedImage image) {
        out.println();
        out.println(image.name());
        TextTable top = new TextTable("rlr");
        for (ClassScore score : image.top()) {
            top.row(percent(score.probability()), score.name(), Integer.toString(score.index()));
        }
        out.print(top.toString().indent(2));
        out.println(
                "Why " + image.target().name() + "? (" + percent(image.target().probability()) + ")");
        boolean scored = image.maps().stream().anyMatch(map -> map.scores().insertion() != null);
        TextTable table = new TextTable(scored ? "lrrrr" : "lr");
        table.row(
                scored
                        ? new String[] {"method", "seconds", "insertion ↑", "deletion ↓", "difference ↑"}
                        : new String[] {"method", "seconds"});
        for (ExplainedImage.Map map : image.maps()) {
            table.row(scored ? scored(map) : new String[] {map.method(), decimals(map.seconds(), 2)});
        }
        out.print(table.toString().indent(2));
        out.flush();
    }

    void report(Path report, double seconds) {
        out.printf(Locale.ROOT, "%nReport: %s (%.1f s)%n", report, seconds);
        out.flush();
    }

    private static String[] scored(ExplainedImage.Map map) {
        double insertion = area(map.scores().insertion());
        double deletion = area(map.scores().deletion());
        return new String[] {
            map.method(),
            decimals(map.seconds(), 2),
            decimals(insertion, 3),
            decimals(deletion, 3),
            decimals(insertion - deletion, 3)
        };
    }

    private static double area(@Nullable Curve curve) {
        return curve == null ? Double.NaN : curve.area();
    }

    static String percent(double probability) {
        if (probability > 0 && probability < 0.0005) {
            return "< 0.1 %";
        }
        return String.format(Locale.ROOT, "%.1f %%", 100 * probability);
    }

    static String decimals(double value, int places) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%." + places + "f", value);
    }
}
