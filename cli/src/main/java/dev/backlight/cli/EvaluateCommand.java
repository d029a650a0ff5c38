package dev.backlight.cli;

import dev.backlight.attribution.evaluate.Bootstrap;
import dev.backlight.attribution.evaluate.Evaluation;
import dev.backlight.attribution.evaluate.EvaluationFiles;
import dev.backlight.attribution.evaluate.Journal;
import dev.backlight.attribution.evaluate.MethodScores;
import dev.backlight.attribution.evaluate.Row;
import dev.backlight.attribution.evaluate.Sample;
import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.metric.InsertionDeletion;
import dev.backlight.cli.console.Meter;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.models.data.ImageDataset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code backlight evaluate}: methods compared on many pictures. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Compares methods by insertion and deletion on many pictures, with 95 %% confidence intervals.",
            "",
            "Writes DIR/table.csv, DIR/table.json and DIR/images.csv. After Ctrl-C the same command goes on where it"
                    + " stopped."
        })
final class EvaluateCommand implements Callable<Integer>, Resumable {
    private static final int SMALL = 64;

    @ParentCommand
    private Backlight parent;

    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(
            names = "--true-classes",
            description = "Explain the class that a picture belongs to, instead of the one that the network predicts.")
    private boolean trueClasses;

    @Option(
            names = "--step",
            paramLabel = "N",
            description =
                    "Pixels changed between two points of a curve (default: a row, or eight rows of pictures larger"
                            + " than 64 pixels).")
    private @Nullable Integer step;

    @Option(
            names = "--one-fill",
            description =
                    "Play with RISE's fills only (insertion from the blurred picture, deletion to zeros), not also"
                            + " with the two exchanged.")
    private boolean oneFill;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Pictures explained at once (default: 32, or 4 larger than 64 pixels).")
    private @Nullable Integer batch;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "DIR",
            defaultValue = "backlight-evaluation",
            description = "Folder for tables and journal (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Mixin
    private MethodOptions methods = new MethodOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    @Override
    public String howToResume() {
        return "what was measured is saved, run the same command again to go on";
    }

    @Override
    public Integer call() {
        Session session = parent.session();
        List<Attributor> attributors = methods.methods(MethodOptions.allNames(), run.seed());
        OutputFolder.requireWritable(out);
        LoadedModel loaded = model.load(run.backend(), session);
        ImageDataset pictures = data.open(loaded.names(), run.seed());
        int size = loaded.preprocessing().size();
        int pixels = step == null ? Scoring.step(size) : step;
        List<InsertionDeletion> games = new ArrayList<>(List.of(InsertionDeletion.rise(pixels)));
        if (!oneFill) {
            games.add(games.getFirst().otherFills());
        }
        int together = batch != null ? batch : size <= SMALL ? 32 : 4;
        Evaluation evaluation = new Evaluation(loaded.network(), attributors, games, together);
        Map<String, String> settings = settings(loaded, pictures, attributors, pixels);
        try (Journal journal = Journal.open(out.resolve("journal.jsonl"), settings);
                Meter meter = session.meter("evaluating")) {
            evaluation.run(samples(loaded, pictures), journal, meter::update);
            meter.close();
            finish(session, settings, wanted(journal.rows(), attributors));
        }
        return ExitCode.DONE;
    }

    private void finish(Session session, Map<String, String> settings, List<Row> rows) {
        Bootstrap bootstrap = Bootstrap.standard(run.seed());
        EvaluationFiles.write(out, settings, rows, bootstrap);
        session.out().print(ScoreTable.of(MethodScores.of(rows, bootstrap)));
        session.out().println("Tables: " + out.resolve("table.csv") + ", " + out.resolve("table.json"));
    }

    /** In the order of the methods as they were asked for, which a resumed journal need not have. */
    private static List<Row> wanted(List<Row> rows, List<Attributor> attributors) {
        return attributors.stream()
                .flatMap(method -> rows.stream().filter(row -> row.method().equals(method.name())))
                .toList();
    }

    private List<Sample> samples(LoadedModel loaded, ImageDataset pictures) {
        return IntStream.range(0, pictures.size())
                .mapToObj(i -> new Sample(
                        pictures.name(i),
                        () -> image(loaded, pictures, i),
                        trueClasses ? OptionalInt.of(pictures.label(i)) : OptionalInt.empty()))
                .toList();
    }

    private static Tensor image(LoadedModel loaded, ImageDataset pictures, int index) {
        return loaded.batch(List.of(pictures.picture(index)));
    }

    /** All that the rows depend on; a journal of other settings is not gone on with. */
    private Map<String, String> settings(
            LoadedModel loaded, ImageDataset pictures, List<Attributor> attributors, int pixels) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("model", loaded.name());
        settings.put("weights", loaded.fingerprint());
        settings.put("preprocessing", PreprocessingOptions.describe(loaded.preprocessing()));
        settings.put("data", data.describe(pictures));
        settings.put("seed", Long.toString(run.seed()));
        settings.put("step", Integer.toString(pixels));
        settings.put("fills", oneFill ? "one" : "both");
        settings.put("target", trueClasses ? "true class" : "predicted class");
        attributors.forEach(method -> settings.put("method " + method.name(), method.toString()));
        return settings;
    }
}
