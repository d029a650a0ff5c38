package dev.backlight.cli;

import dev.backlight.attribution.render.report.ImageResult;
import dev.backlight.attribution.render.report.ReportModel;
import dev.backlight.attribution.render.report.ReportModel.Entry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gathers what a run of {@code explain} has to say about itself. */
final class ExplainReport {
    private final List<Entry> settings = new ArrayList<>();
    private final List<ReportModel.Timing> timings = new ArrayList<>();

    void setting(String name, String value) {
        settings.add(new Entry(name, value));
    }

    void timing(String name, double seconds) {
        timings.add(new ReportModel.Timing(name, seconds));
    }

    ReportModel build(LoadedModel classifier, int classes, int threads, List<ImageResult> results) {
        List<Integer> input = Arrays.stream(classifier.preprocessing().shape().sizes())
                .boxed()
                .toList();
        return new ReportModel(
                ReportModel.SCHEMA_VERSION,
                "Backlight: what " + classifier.name() + " looks at",
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                new ReportModel.Network(
                        classifier.name(), input, classes, classifier.network().parameterCount()),
                results,
                settings,
                timings,
                List.of(
                        new Entry("Backlight", Versions.program()),
                        new Entry("Java", Versions.java()),
                        new Entry("System", Versions.system()),
                        new Entry("Device", classifier.device(threads))));
    }
}
