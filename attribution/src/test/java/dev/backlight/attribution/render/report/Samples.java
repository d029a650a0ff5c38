package dev.backlight.attribution.render.report;

import dev.backlight.attribution.render.Normalisation;
import dev.backlight.attribution.render.Overlay;
import dev.backlight.attribution.render.Pictures;
import dev.backlight.attribution.render.ScalarField;
import dev.backlight.attribution.render.report.MapScores.Curve;
import dev.backlight.attribution.render.report.ReportModel.Entry;
import dev.backlight.attribution.render.report.ReportModel.Network;
import dev.backlight.attribution.render.report.ReportModel.Timing;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** A complete report over made-up numbers. */
final class Samples {
    private Samples() {}

    /** Writes the files of {@code pictures} with four maps each, and the report, into {@code folder}. */
    static ReportModel writeAll(Path folder, List<ClassScore> top, List<BufferedImage> pictures) {
        ExplanationFolder out = new ExplanationFolder(folder, Overlay.onGrey());
        List<ImageResult> images = IntStream.range(0, pictures.size())
                .mapToObj(i -> out.add(new ExplainedImage(
                        "chelsea.png", "data/chelsea-" + i + ".png", pictures.get(i), top, top.getFirst(), maps())))
                .toList();
        ReportModel model = new ReportModel(
                ReportModel.SCHEMA_VERSION,
                "Why the network sees a cat",
                "2026-11-22T20:15:30Z",
                new Network("resnet20-cifar10", List.of(3, 32, 32), 10, 272_474),
                images,
                List.of(new Entry("device", "cpu (vector, 2 threads)"), new Entry("seed", "0"), new Entry("λ", "1e-3")),
                List.of(
                        new Timing("load the network", 0.1234),
                        new Timing("learned rule", 12.3),
                        new Timing("all", 75)),
                List.of(new Entry("Backlight", "0.1.0"), new Entry("Java", "25.0.1")));
        out.finish(model);
        return model;
    }

    static List<ClassScore> classes() {
        return List.of(
                new ClassScore(3, "cat", 7.25, 0.8731),
                new ClassScore(5, "dog", 4.5, 0.0912),
                new ClassScore(4, "deer", 3.0, 0.0213),
                new ClassScore(2, "bird", 1.0, 0.0121),
                new ClassScore(6, "frog", -2.0, 0.0001));
    }

    /** A small picture whose pixels all differ. */
    static BufferedImage picture() {
        int[] rgb = IntStream.range(0, 32 * 32).map(i -> i * 4099).toArray();
        return Pictures.ofRgb(32, 32, rgb);
    }

    private static List<ExplainedImage.Map> maps() {
        MapScores learned = new MapScores(curve(0.2, 0.9), curve(0.9, 0.05), null, losses());
        return List.of(
                map("learned", "Learned rule", blob(224, false), 12.31, learned),
                map("gradient", "Gradient", blob(32, true), 0.034, MapScores.NONE),
                map(
                        "integrated-gradients",
                        "Integrated gradients",
                        blob(7, true),
                        1.02,
                        new MapScores(curve(0.1, 0.7), curve(0.9, 0.2), 0.00312, null)),
                map("saliency", "Saliency", ScalarField.of(2, 2, new float[4]), 75, MapScores.NONE));
    }

    private static ExplainedImage.Map map(
            String method, String title, ScalarField field, double seconds, MapScores scores) {
        return new ExplainedImage.Map(method, title, field, Normalisation.fitting(field), seconds, scores);
    }

    /** A bump, and for signed maps a smaller negative one beside it. */
    static ScalarField blob(int side, boolean signed) {
        float[] values = new float[side * side];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                double u = (x + 0.5) / side;
                double v = (y + 0.5) / side;
                double value = bump(u - 0.55, v - 0.45, 30) - (signed ? 0.7 * bump(u - 0.25, v - 0.75, 40) : 0);
                values[y * side + x] = (float) (0.013 * value);
            }
        }
        return ScalarField.of(side, side, values);
    }

    private static double bump(double dx, double dy, double sharpness) {
        return Math.exp(-(dx * dx + dy * dy) * sharpness);
    }

    private static Curve curve(double from, double to) {
        List<Double> fractions =
                IntStream.rangeClosed(0, 50).mapToObj(i -> i / 50.0).toList();
        List<Double> values = fractions.stream()
                .map(f -> from + (to - from) * (1 - Math.exp(-5 * f)))
                .toList();
        double area = values.stream().mapToDouble(v -> v).average().orElseThrow();
        return new Curve(fractions, values, area);
    }

    private static List<Double> losses() {
        return DoubleStream.iterate(0, i -> i <= 1000, i -> i + 1)
                .mapToObj(i -> 0.1 + 0.4 * Math.exp(-i / 150) + 0.01 * Math.sin(i))
                .toList();
    }
}
