package dev.backlight.attribution.render.report;

import java.util.List;

/**
 * Everything one run found out, as it stands in {@code result.json}.
 *
 * @param schemaVersion {@link #SCHEMA_VERSION}; it rises when a field changes its meaning or goes away, not when one is
 *     added
 * @param title heading of the report
 * @param created when, as ISO 8601 in UTC
 * @param network what was explained
 * @param images one entry per picture
 * @param settings the options of the run, in the order to show them
 * @param timings how long the parts of the run took
 * @param versions of the program, the Java runtime, the device and its driver
 */
public record ReportModel(
        int schemaVersion,
        String title,
        String created,
        Network network,
        List<ImageResult> images,
        List<Entry> settings,
        List<Timing> timings,
        List<Entry> versions) {
    /** The version this code writes and reads. */
    public static final int SCHEMA_VERSION = 1;

    public ReportModel {
        images = List.copyOf(images);
        settings = List.copyOf(settings);
        timings = List.copyOf(timings);
        versions = List.copyOf(versions);
    }

    /** A name and what it is set to, both ready to read. */
    public record Entry(String name, String value) {}

    /** Wall-clock time of one part of the run. */
    public record Timing(String name, double seconds) {}

    /**
     * The classifier.
     *
     * @param name such as {@code resnet20} or a file name
     * @param inputShape channels × height × width of one input
     * @param classes how many it tells apart
     * @param parameters how many numbers it has learned
     */
    public record Network(String name, List<Integer> inputShape, int classes, long parameters) {
        public Network {
            inputShape = List.copyOf(inputShape);
        }
    }
}
