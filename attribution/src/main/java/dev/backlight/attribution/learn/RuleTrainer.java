package dev.backlight.attribution.learn;

import dev.backlight.attribution.method.Progress;
import dev.backlight.attribution.method.Question;
import dev.backlight.attribution.rule.Site;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Trains propagation rules on a network whose weights stay as they are. Images of one batch do not influence each other
 * unless they share logits or patience stops them together, so a batch of images is as good as one at a time, and faster.
 */
public final class RuleTrainer {
    /** An improvement of the loss smaller than this part of it does not count for early stopping. */
    private static final double LEAST_IMPROVEMENT = 1e-3;

    private final RuleSettings settings;

    public RuleTrainer(RuleSettings settings) {
        this.settings = settings;
    }

    public RuleSettings settings() {
        return settings;
    }

    /**
     * Trains on one batch of images; patience watches the sum of their losses. The result's tensors belong to the caller's
     * scope.
     */
    public TrainedRule train(Question question, Progress progress) {
        try (Scope scope = Scope.open()) {
            return train(objective(question), scope, progress);
        }
    }

    /** {@link #train} on a batch that {@link #fits}, otherwise nothing; the recording is used for both. */
    public Optional<TrainedRule> trainIfFits(Question question, Progress progress) {
        try (Scope scope = Scope.open()) {
            ObjectiveProgram objective = objective(question);
            return objective.fits() ? Optional.of(train(objective, scope, progress)) : Optional.empty();
        }
    }

    private TrainedRule train(ObjectiveProgram objective, Scope scope, Progress progress) {
        LogitOptimizer optimizer = new LogitOptimizer(objective.start());
        objective.fixScale(optimizer.logits());
        Losses losses = new Losses();
        for (int step = 0; step < settings.steps() && !losses.haveStalled(settings.patience()); step++) {
            losses.add(step(objective, optimizer));
            progress.update(step + 1, settings.steps());
        }
        ObjectiveProgram.Result last = objective.result(optimizer.logits());
        losses.add(number(last.loss().item(), optimizer.steps()));
        List<Tensor> logits = objective.restored(optimizer.logits());
        logits.forEach(scope::keep);
        return new TrainedRule(logits, scope.keep(last.relevance()), scope.keep(last.mask()), losses.toArray());
    }

    /**
     * Whether memory is likely to suffice for {@link #train} on this batch. Where it does not, steps compute again what they
     * cannot keep, and take longer; two halves of the batch took less time where that was measured.
     */
    public boolean fits(Question question) {
        try (Scope scope = Scope.open()) {
            return objective(question).fits();
        }
    }

    /**
     * Trains logits that images share on many batches, one batch a step, in an order that the seed decides. Afterwards
     * {@link SharedRuleMethod} explains a new image with one backward pass.
     *
     * @throws ShapeException when the settings share nothing across images, or there are no batches
     * @throws BacklightException when the settings have patience
     */
    public RuleParameters trainShared(List<Question> batches, Progress progress) {
        if (!settings.sharing().isAcrossImages() || batches.isEmpty()) {
            throw new ShapeException("training over a data set needs batches of images and logits that they share, but "
                    + "found " + batches.size() + " batches and sharing " + settings.sharing());
        }
        if (settings.patience() > 0) {
            throw new BacklightException(
                    "training over a data set takes all of its steps, since each sees another batch; set "
                            + "patience to 0 rather than " + settings.patience());
        }
        Question example = batches.getFirst();
        List<Site> sites = sites(example);
        RuleParameters parameters = parameters(sites, example);
        List<Tensor> start = parameters(sites, example).logits();
        List<Question> order = new ArrayList<>(batches);
        Random random = new Random(settings.seed());
        try (Scope programs = Scope.open()) {
            Map<Form, ObjectiveProgram> recorded = new HashMap<>();
            for (int step = 0; step < settings.steps(); step++) {
                if (step % order.size() == 0) {
                    Collections.shuffle(order, random);
                }
                Question batch = order.get(step % order.size());
                ObjectiveProgram objective = recorded.computeIfAbsent(
                        new Form(batch.network(), batch.input().shape()),
                        form -> ObjectiveProgram.ofBatchesLike(batch, settings));
                try (Scope scope = Scope.open()) {
                    objective.ask(batch);
                    objective.fixScale(start);
                    step(objective, parameters.optimizer());
                }
                progress.update(step + 1, settings.steps());
            }
        }
        return parameters;
    }

    /** What a recorded objective is good for. */
    private record Form(Layer network, Shape images) {}

    private ObjectiveProgram objective(Question question) {
        ObjectiveProgram objective = new ObjectiveProgram(question, settings);
        requireSites(objective.sites());
        return objective;
    }

    private List<Site> sites(Question example) {
        try (Scope scope = Scope.open()) {
            MaskObjective objective = new MaskObjective(example, settings);
            requireSites(objective.sites());
            return objective.sites();
        }
    }

    /** First logits for the sites of an objective. */
    public RuleParameters parameters(MaskObjective objective, Question question) {
        requireSites(objective.sites());
        return parameters(objective.sites(), question);
    }

    private RuleParameters parameters(List<Site> sites, Question question) {
        Tensor input = question.input();
        return new RuleParameters(sites, settings, input.backend(), input.dtype());
    }

    private static void requireSites(List<Site> sites) {
        if (sites.isEmpty()) {
            throw new ShapeException("this network has no non-linearity that a rule could be learned for; "
                    + "rules act on rectifiers and other activations applied as operations of their own");
        }
    }

    /**
     * One step of Adam without a recording; returns the loss before it.
     *
     * @throws BacklightException when that is not a number
     */
    public double step(MaskObjective objective, RuleParameters parameters) {
        try (Scope scope = Scope.open()) {
            Tape tape = new Tape();
            List<Tensor> leaves = parameters.watchedBy(tape);
            MaskObjective.Evaluation evaluation = objective.evaluate(leaves);
            List<Tensor> gradients = tape.gradient(evaluation.loss(), leaves, Walk.PLAIN);
            double loss = number(evaluation.loss().item(), parameters.steps());
            parameters.step(gradients, settings.learningRate());
            return loss;
        }
    }

    private double step(ObjectiveProgram objective, LogitOptimizer optimizer) {
        try (Scope scope = Scope.open()) {
            ObjectiveProgram.Slope slope = objective.slope(optimizer.logits());
            double loss = number(slope.loss().item(), optimizer.steps());
            optimizer.step(slope.gradients(), settings.learningRate());
            return loss;
        }
    }

    private static double number(double loss, long steps) {
        if (Double.isNaN(loss)) {
            throw new BacklightException("the loss of the learned rule is not a number after " + steps
                    + " steps; lower the learning rate, or look for NaN in the image and the network's weights");
        }
        return loss;
    }

    /** The course of the loss. */
    private static final class Losses {
        private double[] values = new double[64];
        private int count;
        private double best = Double.POSITIVE_INFINITY;
        private int bestAt;

        void add(double loss) {
            if (count == values.length) {
                values = Arrays.copyOf(values, 2 * count);
            }
            if (loss < best - LEAST_IMPROVEMENT * Math.abs(best) || count == 0) {
                best = loss;
                bestAt = count;
            }
            values[count++] = loss;
        }

        boolean haveStalled(int patience) {
            return patience > 0 && count - 1 - bestAt >= patience;
        }

        double[] toArray() {
            return Arrays.copyOf(values, count);
        }
    }
}
