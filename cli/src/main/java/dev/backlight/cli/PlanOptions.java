package dev.backlight.cli;

import dev.backlight.models.data.Augmentation;
import dev.backlight.models.train.TrainingPlan;
import dev.backlight.models.train.TrainingPlan.Course;
import dev.backlight.models.train.TrainingPlan.Method;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a classifier is trained. */
final class PlanOptions {
    private static final double SGD_RATE = 0.1;
    private static final double ADAM_RATE = 1e-3;

    @Option(names = "--epochs", paramLabel = "N", defaultValue = "30", description = "Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "128",
            description = "Pictures per step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            defaultValue = "sgd",
            description = "sgd (Nesterov momentum 0.9) or adamw (default: ${DEFAULT-VALUE}).")
    private Method method;

    @Option(
            names = {"--learning-rate", "--lr"},
            paramLabel = "R",
            description = "The greatest one (default: 0.1 for sgd, 0.001 for adamw).")
    private @Nullable Double learningRate;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            defaultValue = "one_cycle",
            description =
                    "Course of the learning rate: constant, steps, cosine or one_cycle (default: ${DEFAULT-VALUE}).")
    private Course course;

    @Option(
            names = "--weight-decay",
            paramLabel = "D",
            defaultValue = "5e-4",
            description = "On weights (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(
            names = "--label-smoothing",
            paramLabel = "E",
            defaultValue = "0",
            description = "Default: ${DEFAULT-VALUE}.")
    private double labelSmoothing;

    @Option(
            names = "--clip-norm",
            paramLabel = "N",
            defaultValue = "0",
            description = "Greatest norm of a gradient, 0 for any (default: ${DEFAULT-VALUE}).")
    private double clipNorm;

    @Option(
            names = "--no-augmentation",
            negatable = true,
            description = "Train on the pictures as they are, without random crops and mirroring.")
    private boolean plain;

    @Option(
            names = "--cutout",
            paramLabel = "N",
            defaultValue = "0",
            description = "Side of a square cut out at random, 0 for none (default: ${DEFAULT-VALUE}).")
    private int cutout;

    /**
     * The plan asked for.
     *
     * @param usual the augmentation that suits the data
     * @throws dev.backlight.engine.shape.BacklightException when a number makes no sense
     */
    TrainingPlan plan(Augmentation usual, long seed) {
        Augmentation base = plain ? Augmentation.NONE : usual;
        double rate = learningRate != null ? learningRate : method == Method.SGD ? SGD_RATE : ADAM_RATE;
        return new TrainingPlan(
                epochs,
                batch,
                method,
                rate,
                weightDecay,
                course,
                labelSmoothing,
                clipNorm,
                cutout > 0 ? base.withCutout(cutout) : base,
                seed);
    }
}
