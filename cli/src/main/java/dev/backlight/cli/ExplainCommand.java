package dev.backlight.cli;

import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.render.Overlay;
import dev.backlight.attribution.render.report.ExplainedImage;
import dev.backlight.attribution.render.report.ExplanationFolder;
import dev.backlight.attribution.render.report.ImageResult;
import dev.backlight.engine.backend.Backend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code backlight explain}: pictures in, a report of attribution maps out. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Shows why a network sees what it sees in a picture.",
            "",
            "Without arguments it explains a bundled picture by a bundled network."
        })
final class ExplainCommand implements Callable<Integer> {
    private static final List<String> USUAL =
            List.of(MethodOptions.LEARNED, "guided", "rectgrad", "integrated-gradients", "saliency");

    @ParentCommand
    private Backlight parent;

    @Option(
            names = {"-i", "--image"},
            paramLabel = "FILE",
            arity = "1..*",
            description = "Pictures: PNG, JPEG, BMP or GIF (default: a bundled cat).")
    private List<Path> images = new ArrayList<>();

    @Parameters(paramLabel = "IMAGE", arity = "0..*", description = "More pictures.")
    private List<Path> more = new ArrayList<>();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(
            names = {"-t", "--target"},
            paramLabel = "CLASS",
            description = "The class to explain, by index or name (default: the likeliest of each picture).")
    private @Nullable String target;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "DIR",
            defaultValue = "backlight-out",
            description = "Folder for the report and the maps (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(
            names = "--no-metrics",
            negatable = true,
            description = "Leave out insertion and deletion, which take most of the time of the fast methods.")
    private boolean noMetrics;

    @Mixin
    private MethodOptions methods = new MethodOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    @Override
    public Integer call() {
        long start = System.nanoTime();
        Session session = parent.session();
        List<Attributor> attributors = methods.methods(USUAL, run.seed());
        OutputFolder.requireWritable(out);
        List<ImageInputs.Named> pictures = pictures();
        Backend backend = run.backend();
        LoadedModel classifier = model.load(backend, session);
        double loaded = seconds(start);
        ExplainPrinter printer = new ExplainPrinter(session.out());
        printer.network(classifier, run.threads());
        Explanation explanation = new Explanation(session, classifier, attributors, target, !noMetrics);
        ExplanationFolder folder = new ExplanationFolder(out, Overlay.onGrey());
        List<ImageResult> results = new ArrayList<>();
        for (ImageInputs.Named picture : pictures) {
            ExplainedImage explained = explanation.explain(picture);
            printer.image(explained);
            results.add(folder.add(explained));
        }
        ExplainReport report = report(classifier);
        report.timing("Loading", loaded);
        report.timing("Whole run", seconds(start));
        folder.finish(report.build(classifier, explanation.classes(), run.threads(), results));
        printer.report(out.resolve("report.html"), seconds(start));
        return ExitCode.DONE;
    }

    private List<ImageInputs.Named> pictures() {
        List<Path> files = new ArrayList<>(images);
        files.addAll(more);
        return files.isEmpty() ? List.of(ImageInputs.bundled()) : ImageInputs.read(files);
    }

    private ExplainReport report(LoadedModel classifier) {
        ExplainReport report = new ExplainReport();
        report.setting("Weights", classifier.origin());
        report.setting("Preprocessing", PreprocessingOptions.describe(classifier.preprocessing()));
        report.setting("Target", target == null ? "the likeliest class of each picture" : target);
        report.setting("Learned rule", methods.settings(run.seed()).describe());
        if (!noMetrics) {
            report.setting(
                    "Insertion and deletion",
                    "probability of the explained class after softmax; pixels by falling relevance, ties by index, "
                            + Scoring.step(classifier.preprocessing().size())
                            + " per step; insertion starts from the blurred picture, deletion ends in zeros");
        }
        report.setting("Seed", Long.toString(run.seed()));
        return report;
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
