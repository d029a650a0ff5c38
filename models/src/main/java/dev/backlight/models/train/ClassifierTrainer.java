package dev.backlight.models.train;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.optim.Optimizer;
import dev.backlight.engine.optim.Schedule;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.models.data.ImageDataset;
import dev.backlight.models.vision.Classifier;
import dev.backlight.models.vision.ClassifierFile;
import dev.backlight.models.weights.StateDict;
import dev.backlight.models.weights.WeightLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Trains a classifier. In its folder it keeps {@value #CHECKPOINT}, from which a run of the same plan goes on exactly where
 * the last one was saved: after every epoch, when it is stopped, and every few minutes, so that little is lost when it is killed.
 * After every epoch it writes {@value #MODEL}.
 */
public final class ClassifierTrainer {
    /** The file that a stopped run goes on from. */
    public static final String CHECKPOINT = "checkpoint.safetensors";

    /** The trained classifier; see {@link ClassifierFile}. */
    public static final String MODEL = "model.safetensors";

    private final Classifier classifier;
    private final TrainingPlan plan;
    private final ImageDataset test;
    private final Backend backend;
    private final Path folder;
    private final BatchSource source;
    private final int batchSize;
    private final int stepsPerEpoch;
    private ElementType storage = ElementType.F32;
    private Duration saving = Duration.ofMinutes(5);
    private @Nullable StateDict start;
    private volatile boolean stopping;

    /**
     * A training of a network, which is given its first values when it runs.
     *
     * @param classifier in F32 on {@code backend}
     * @param test pictures that measure every epoch
     * @param folder for checkpoint and model, created when missing
     * @throws ShapeException when there are no training pictures
     */
    public ClassifierTrainer(
            Classifier classifier,
            TrainingPlan plan,
            ImageDataset training,
            ImageDataset test,
            Backend backend,
            Path folder) {
        if (training.size() == 0) {
            throw new ShapeException("training needs pictures, but the training set is empty");
        }
        this.classifier = classifier;
        this.plan = plan;
        this.test = test;
        this.backend = backend;
        this.folder = folder;
        this.batchSize = Math.min(plan.batchSize(), training.size());
        this.stepsPerEpoch = training.size() / batchSize;
        this.source = new BatchSource(training, classifier.preprocessing(), plan.augmentation(), plan.seed());
    }

    /** How the model's numbers are stored: F32 unless stated, or F16 to halve the file. The checkpoint stays exact. */
    public ClassifierTrainer storing(ElementType floats) {
        storage = floats;
        return this;
    }

    /** How long a training goes on before it saves a checkpoint within an epoch too: five minutes unless stated. */
    public ClassifierTrainer savingEvery(Duration interval) {
        saving = interval;
        return this;
    }

    /** Starts from these weights, matched by name, instead of from random ones. */
    public ClassifierTrainer startingFrom(StateDict weights) {
        start = weights;
        return this;
    }

    /** Asks a running {@link #run} to save after the present step and return; from any thread. */
    public void stop() {
        stopping = true;
    }

    /**
     * Trains until all epochs are done or {@link #stop} is called, going on from a checkpoint in the folder.
     *
     * @throws ModelFormatException where the folder holds the checkpoint of another training
     * @throws dev.backlight.engine.shape.BacklightException where the folder cannot be written
     */
    public TrainingResult run(TrainingListener listener) {
        classifier.network().initialise(backend, DType.F32, plan.seed());
        if (start != null) {
            new WeightLoader(backend, DType.F32, "the model to start from").byName(classifier.network(), start);
        }
        Run run = new Run(listener);
        while (run.progress.step() < run.steps() && !stopping) {
            run.epoch();
        }
        return new TrainingResult(run.progress.step() == run.steps(), run.progress.epochs());
    }

    /** What changes while training. */
    private final class Run {
        private final TrainingListener listener;
        private final Optimizer optimizer;
        private final Schedule schedule = plan.schedule(stepsPerEpoch);
        private final Map<String, Parameter> tensors = new LinkedHashMap<>();
        private Progress progress = Progress.start(
                plan + " of " + classifier.architecture() + (start == null ? "" : " from given weights"),
                stepsPerEpoch);
        private long savedAt = System.nanoTime();

        Run(TrainingListener listener) {
            this.listener = listener;
            optimizer = plan.optimizer(trainable());
            classifier.network().state().forEach((name, parameter) -> tensors.put("network." + name, parameter));
            optimizer.state().forEach((name, parameter) -> tensors.put("optimizer." + name, parameter));
            Path checkpoint = folder.resolve(CHECKPOINT);
            if (Files.exists(checkpoint)) {
                progress = Checkpoint.read(checkpoint, tensors, progress);
                optimizer.resumeAt(progress.step());
                listener.resumed(progress.step(), steps());
            } else {
                save(); // finds out now, not after an epoch, whether the folder can be written
            }
        }

        private SequencedMap<String, Parameter> trainable() {
            SequencedMap<String, Parameter> trainable =
                    new LinkedHashMap<>(classifier.network().state());
            trainable.values().removeIf(parameter -> !parameter.isTrainable());
            return trainable;
        }

        long steps() {
            return (long) stepsPerEpoch * plan.epochs();
        }

        private void save() {
            Checkpoint.write(folder.resolve(CHECKPOINT), tensors, progress);
            savedAt = System.nanoTime();
        }

        private boolean isSavingDue() {
            return System.nanoTime() - savedAt >= saving.toNanos();
        }

        /** What is left of the present epoch. */
        void epoch() {
            long begin = System.nanoTime();
            int epoch = progress.epoch();
            int[] order = source.order(epoch);
            TrainingStep step = new TrainingStep(classifier.network(), optimizer, plan, backend);
            try (Prefetch<Batch> batches = new Prefetch<>(
                    progress.stepInEpoch(),
                    stepsPerEpoch,
                    i -> source.batch(order, i * batchSize, (i + 1) * batchSize, epoch))) {
                while (batches.hasNext() && !stopping) {
                    long number = progress.step();
                    var outcome = step.take(batches.next(), number, schedule.at(number));
                    requireFinite(outcome.loss(), number);
                    progress = progress.afterStep(outcome.loss(), outcome.correct());
                    // An epoch's last step is saved with its report.
                    if (batches.hasNext() && isSavingDue()) {
                        save();
                    }
                    listener.stepDone(epoch + 1, number + 1, steps(), outcome.loss());
                }
            }
            if (progress.epoch() > epoch) {
                finish(epoch + 1, begin);
            } else {
                save();
            }
        }

        private void finish(int epoch, long begin) {
            Evaluator.Score score =
                    new Evaluator(classifier, backend).score(test, done -> listener.evaluated(done, test.size()));
            EpochReport report = new EpochReport(
                    epoch,
                    progress.lossSum() / stepsPerEpoch,
                    (double) progress.correct() / ((long) stepsPerEpoch * batchSize),
                    score.loss(),
                    score.accuracy(),
                    schedule.at(progress.step() - 1),
                    (System.nanoTime() - begin) * 1e-9);
            progress = progress.afterEpoch(report);
            ClassifierFile.write(folder.resolve(MODEL), classifier, notes(report), storage);
            save();
            listener.epochDone(report);
        }

        private Map<String, String> notes(EpochReport report) {
            return Map.of(
                    "backlight.training", plan.toString(),
                    "backlight.accuracy",
                            String.format(Locale.ROOT, "%.4f after epoch %d", report.testAccuracy(), report.epoch()));
        }

        private void requireFinite(double loss, long step) {
            if (!Double.isFinite(loss)) {
                throw new ModelFormatException("training diverged at step " + step + ": the loss is " + loss
                        + "; the last checkpoint stands, choose a lower learning rate than " + plan.learningRate());
            }
        }
    }
}
