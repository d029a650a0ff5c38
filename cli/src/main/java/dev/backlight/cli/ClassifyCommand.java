package dev.backlight.cli;

import dev.backlight.cli.console.Meter;
import dev.backlight.cli.console.TextTable;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.models.data.ClassNames;
import dev.backlight.models.data.ImageDataset;
import dev.backlight.models.data.Picture;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code backlight classify}: how often a network is right. */
@Command(
        name = "classify",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Prints the top-1 and top-5 accuracy of a network on labelled pictures.")
final class ClassifyCommand implements Callable<Integer> {
    private static final int BATCH = 16;
    private static final int TOP = 5;

    @ParentCommand
    private Backlight parent;

    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(names = "--mistakes", description = "List the pictures that are classified wrongly.")
    private boolean mistakes;

    @Mixin
    private RunOptions run = new RunOptions();

    /** Right answers so far. */
    private int first;

    private int amongTop;

    @Override
    public Integer call() {
        Session session = parent.session();
        LoadedModel loaded = model.load(run.backend(), session);
        ImageDataset pictures = data.open(loaded.names(), run.seed());
        TextTable wrong = new TextTable("lll").row("picture", "is", "taken for");
        try (Meter meter = session.meter("classifying")) {
            for (int from = 0; from < pictures.size(); from += BATCH) {
                int to = Math.min(pictures.size(), from + BATCH);
                count(predict(loaded, pictures, from, to), pictures, from, wrong);
                meter.update(to, pictures.size());
            }
        }
        print(session.out(), loaded, pictures.size(), wrong);
        return ExitCode.DONE;
    }

    private static List<Prediction> predict(LoadedModel loaded, ImageDataset pictures, int from, int to) {
        List<Picture> batch = new ArrayList<>();
        for (int i = from; i < to; i++) {
            batch.add(pictures.picture(i));
        }
        try (Scope scope = Scope.open()) {
            return loaded.predict(loaded.batch(batch));
        }
    }

    private void count(List<Prediction> predictions, ImageDataset pictures, int from, TextTable wrong) {
        ClassNames names = pictures.classes();
        for (int i = 0; i < predictions.size(); i++) {
            int label = pictures.label(from + i);
            Prediction prediction = predictions.get(i);
            if (names.size() != prediction.classes()) {
                throw new BacklightException("the data set has " + names.size() + " classes, but the network tells "
                        + prediction.classes() + " apart; give the network's class names with --classes");
            }
            List<Integer> top = prediction.top(TOP);
            amongTop += top.contains(label) ? 1 : 0;
            if (top.getFirst() == label) {
                first++;
            } else {
                wrong.row(pictures.name(from + i), names.name(label), names.name(top.getFirst()));
            }
        }
    }

    private void print(PrintWriter out, LoadedModel loaded, int all, TextTable wrong) {
        if (mistakes && first < all) {
            out.println(wrong);
        }
        out.printf(
                Locale.ROOT,
                "%s: top-1 %d of %d (%.1f %%), top-%d %d of %d (%.1f %%)%n",
                loaded.name(),
                first,
                all,
                100.0 * first / all,
                TOP,
                amongTop,
                all,
                100.0 * amongTop / all);
    }
}
