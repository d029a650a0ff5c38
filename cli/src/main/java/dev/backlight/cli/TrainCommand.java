package dev.backlight.cli;

import dev.backlight.cli.console.Meter;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.models.data.ImageDataset;
import dev.backlight.models.train.ClassifierTrainer;
import dev.backlight.models.train.EpochReport;
import dev.backlight.models.train.TrainingData;
import dev.backlight.models.train.TrainingListener;
import dev.backlight.models.train.TrainingPlan;
import dev.backlight.models.train.TrainingResult;
import dev.backlight.models.vision.Classifier;
import dev.backlight.models.vision.Zoo;
import dev.backlight.models.weights.WeightFile;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code backlight train}: a classifier of the zoo on MNIST, Fashion-MNIST or CIFAR-10. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Trains a network of the zoo on MNIST, Fashion-MNIST or CIFAR-10.",
            "",
            "Writes DIR/model.safetensors, which 'explain' takes as --model, and DIR/model-card.json. After Ctrl-C the same"
                    + " command goes on where it stopped; when the program was killed, from what it saved within the last five"
                    + " minutes."
        })
final class TrainCommand implements Callable<Integer>, Resumable {
    @ParentCommand
    private Backlight parent;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DIR",
            required = true,
            description = "Folder of the data set: MNIST's idx files, or CIFAR-10's binary batches or its pictures as"
                    + " cifar10_train_jpg.zip and cifar10_test_jpg.zip.")
    private Path data;

    @Option(
            names = {"-n", "--network"},
            paramLabel = "NAME",
            defaultValue = "resnet20",
            description = "A network of the zoo (default: ${DEFAULT-VALUE}).")
    private String network;

    @Mixin
    private PlanOptions plan = new PlanOptions();

    @Option(
            names = "--train-count",
            paramLabel = "N",
            defaultValue = "0",
            description = "Train on N pictures only, 0 for all (default: ${DEFAULT-VALUE}).")
    private int trainCount;

    @Option(
            names = "--test-count",
            paramLabel = "N",
            defaultValue = "0",
            description = "Test on N pictures only, 0 for all (default: ${DEFAULT-VALUE}).")
    private int testCount;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "Start from the weights of this model of the same network instead of from random ones.")
    private @Nullable Path from;

    @Option(names = "--half", description = "Store the model's numbers in 16 bits, which halves the file.")
    private boolean half;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "DIR",
            defaultValue = "backlight-train",
            description = "Folder for model, model card and checkpoint (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Mixin
    private RunOptions run = new RunOptions();

    @Override
    public String howToResume() {
        return "everything is saved, run the same command again to go on";
    }

    @Override
    public Integer call() {
        Session session = parent.session();
        Zoo.named(network);
        OutputFolder.requireWritable(out);
        TrainingData set = TrainingData.open(data);
        TrainingPlan chosen = plan.plan(set.augmentation(), run.seed());
        ImageDataset training =
                inMemory(Sample.of(set.training(), trainCount, run.seed()), "reading training pictures");
        ImageDataset test = inMemory(Sample.of(set.test(), testCount, run.seed()), "reading test pictures");
        Classifier classifier = Classifier.of(network, training.classes(), set.preprocessing());
        Backend backend = run.backend();
        session.out()
                .printf(
                        Locale.ROOT,
                        "%s, %,d parameters, on %,d pictures of %s, by %s with %d threads%n",
                        network,
                        classifier.network().parameterCount(),
                        training.size(),
                        set.name(),
                        backend.name(),
                        run.threads());
        ClassifierTrainer trainer = new ClassifierTrainer(classifier, chosen, training, test, backend, out)
                .storing(half ? ElementType.F16 : ElementType.F32);
        if (from != null) {
            trainer.startingFrom(WeightFile.read(from));
        }
        TrainingResult result;
        try (Meter meter = session.unhurriedMeter("training")) {
            result = trainer.run(new Printer(session, meter, trainer, chosen));
        }
        if (!result.finished()) {
            throw new CancellationException("stopped");
        }
        EpochReport last = result.epochs().getLast();
        new ModelCard(classifier, set, chosen, result, training.size(), test.size(), commandLine(), backend.name())
                .write(out.resolve("model-card.json"));
        session.out()
                .printf(
                        Locale.ROOT,
                        "Test accuracy: %.2f %% of %,d pictures%nModel: %s%n",
                        100 * last.testAccuracy(),
                        test.size(),
                        out.resolve(ClassifierTrainer.MODEL));
        return ExitCode.DONE;
    }

    private ImageDataset inMemory(ImageDataset set, String task) {
        if (set.size() == 0) {
            throw new BacklightException("the data set in " + data + " has no pictures");
        }
        try (Meter meter = parent.session().meter(task)) {
            return set.inMemory(done -> meter.update(done, set.size()));
        }
    }

    private String commandLine() {
        return "backlight "
                + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    }

    /** One line per epoch on standard output, the steps on the meter. */
    private record Printer(Session session, Meter meter, ClassifierTrainer trainer, TrainingPlan plan)
            implements TrainingListener {
        @Override
        public void resumed(long step, long steps) {
            session.note("going on after step " + step + " of " + steps);
        }

        @Override
        public void stepDone(int epoch, long step, long steps, double loss) {
            if (session.cancellation().isRequested()) {
                trainer.stop();
            }
            meter.update(step, steps);
        }

        @Override
        public void evaluated(int pictures, int of) {
            if (session.cancellation().isRequested()) {
                trainer.stop();
            }
        }

        @Override
        public void epochDone(EpochReport report) {
            meter.close();
            session.out()
                    .printf(
                            Locale.ROOT,
                            "epoch %d/%d: loss %.4f, training %.2f %%, test %.2f %%, learning rate %.4f, %.0f s%n",
                            report.epoch(),
                            plan.epochs(),
                            report.trainingLoss(),
                            100 * report.trainingAccuracy(),
                            100 * report.testAccuracy(),
                            report.learningRate(),
                            report.seconds());
            session.out().flush();
        }
    }
}
