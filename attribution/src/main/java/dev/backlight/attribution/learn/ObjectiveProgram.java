package dev.backlight.attribution.learn;

import dev.backlight.attribution.method.Question;
import dev.backlight.attribution.method.Targets;
import dev.backlight.attribution.rule.Site;
import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.program.Trained;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * {@link MaskObjective} and its gradient recorded once, to be replayed by every step of a training run. For one batch the pass
 * over the unmasked images depends on nothing that changes, so it runs once, and only what the backward pass looks at stays in
 * memory; for many batches of one shape it is a part of every step.
 */
final class ObjectiveProgram {
    private static final int LOSS = 0;
    private static final int RELEVANCE = 1;
    private static final int MASK = 2;
    private static final int GRADIENTS = 3;

    private final TensorProgram program;
    private final RuleSettings settings;
    private final List<Site> sites;
    private final Tensor noClasses;
    private Tensor scale;
    private List<Tensor> batch = List.of();

    /** What a step needs: the loss before it, and its gradients, one per site. */
    record Slope(Tensor loss, List<Tensor> gradients) {}

    /** What a training run ends with. */
    record Result(Tensor loss, Tensor relevance, Tensor mask) {}

    /** Records the objective of a batch, which has logits of its own. */
    ObjectiveProgram(Question question, RuleSettings settings) {
        this(question, _ -> new MaskObjective(question, settings), settings, true);
    }

    /** Records the objective of batches like this one, which share logits with others; {@link #ask} says which. */
    static ObjectiveProgram ofBatchesLike(Question example, RuleSettings settings) {
        ObjectiveProgram objective = new ObjectiveProgram(
                example,
                recording -> {
                    Tensor images = recording.inputLike(example.input());
                    return new MaskObjective(example.network(), images, recording::inputLike, settings);
                },
                settings,
                false);
        objective.ask(example);
        return objective;
    }

    private ObjectiveProgram(
            Question like, Function<Recording, MaskObjective> maker, RuleSettings settings, boolean ownLogits) {
        Tensor images = like.input();
        this.settings = settings;
        scale = Tensor.full(images.backend(), images.dtype(), Shape.of(like.size(), 1, 1, 1), 1);
        try (Recording recording = Recording.open()) {
            MaskObjective objective = maker.apply(recording);
            sites = objective.sites();
            Tape tape = new Tape();
            List<Tensor> leaves = sites.stream()
                    .map(site -> RuleParameters.shape(site, settings))
                    .map(shape -> tape.watch(recording.input(images.backend(), images.dtype(), shape)))
                    .toList();
            objective.useScale(recording.inputLike(scale));
            MaskObjective.Evaluation evaluation = objective.evaluate(leaves);
            List<Tensor> results =
                    new ArrayList<>(List.of(evaluation.loss(), evaluation.relevance(), evaluation.mask()));
            results.addAll(tape.gradient(evaluation.loss(), leaves, Walk.PLAIN));
            program = recording.program(results, ownLogits ? trained(sites.size()) : List.of());
            noClasses = objective.logits();
        }
    }

    /** Logits are the first inputs where the batch is none. */
    private static List<Trained> trained(int sites) {
        return IntStream.range(0, sites)
                .mapToObj(site -> new Trained(site, GRADIENTS + site))
                .toList();
    }

    /** The logits that training begins with, in the order of elements that steps expect; they live in the open scope. */
    List<Tensor> start() {
        List<Tensor> start = new ArrayList<>();
        for (Site site : sites) {
            try (Scope scope = Scope.open()) {
                Tensor plain = RuleParameters.first(site, settings, scale.backend(), scale.dtype());
                start.add(scope.keep(program.arranged(start.size(), plain)));
            }
        }
        return start;
    }

    /** Logits in that order, or their gradients, as users know them: {@code 3×…}. */
    List<Tensor> restored(List<Tensor> logits) {
        return IntStream.range(0, logits.size())
                .mapToObj(site -> program.restored(site, logits.get(site)))
                .toList();
    }

    /** Makes a batch of the recorded shape the one that is asked about, until the open scope ends. */
    void ask(Question question) {
        batch = List.of(question.input(), Targets.oneHot(noClasses, question.targets()));
    }

    /** Whether memory is likely to suffice for a step in which nothing is computed again. */
    boolean fits() {
        return program.fits();
    }

    /** Where rules act in the network, in forward order. */
    List<Site> sites() {
        return sites;
    }

    /** Fixes the masks' scale at the mean relevance under these logits; it stays with the open scope. */
    void fixScale(List<Tensor> ruleLogits) {
        Tensor relevance = program.run(inputs(ruleLogits), RELEVANCE).getFirst();
        scale = MaskObjective.scaleOf(relevance);
    }

    Slope slope(List<Tensor> ruleLogits) {
        int[] wanted = IntStream.range(GRADIENTS - 1, GRADIENTS + sites.size()).toArray();
        wanted[0] = LOSS;
        List<Tensor> results = program.run(inputs(ruleLogits), wanted);
        return new Slope(results.getFirst(), results.subList(1, results.size()));
    }

    Result result(List<Tensor> ruleLogits) {
        List<Tensor> results = program.run(inputs(ruleLogits), LOSS, RELEVANCE, MASK);
        return new Result(results.get(0), results.get(1), results.get(2));
    }

    private List<Tensor> inputs(List<Tensor> ruleLogits) {
        List<Tensor> inputs = new ArrayList<>(batch);
        inputs.addAll(ruleLogits);
        inputs.add(scale);
        return inputs;
    }
}
