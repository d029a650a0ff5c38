package dev.backlight.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.backlight.attribution.learn.MaskObjective;
import dev.backlight.attribution.learn.RuleParameters;
import dev.backlight.attribution.learn.RuleSettings;
import dev.backlight.attribution.learn.RuleTrainer;
import dev.backlight.attribution.learn.Sharing;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.attribution.method.InputGradient;
import dev.backlight.attribution.method.Question;
import dev.backlight.attribution.rule.FixedRule;
import dev.backlight.attribution.rule.RectGrad;
import dev.backlight.attribution.rule.Rule;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.io.Npz;
import dev.backlight.engine.shape.DType;
import dev.backlight.models.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/**
 * The whole method against numbers of an independent implementation: every {@code NAME.onnx} with its {@code NAME.npz} in
 * {@code learned-rule-step} under the folder {@code -Dbacklight.oracles}, in F32 and in F64 arithmetic.
 *
 * <p>The oracle trained in double precision. Adam divides each gradient by its own size, so the direction of logits whose
 * gradients are smaller than F32 rounding (1e-7 of the largest) is decided by that rounding, and ten steps amplify it: on
 * ResNet-20 the F32 trajectories of two backends part from each other, and from F64's, by several per cent of the mask.
 * What depends on the whole trajectory, the last loss and the final mask, is therefore held to the oracle in F64; in F32
 * the losses before each of the ten steps are.
 */
public final class LearnedRuleSteps {
    private static final int STEPS = 10;
    /** δ = λ = 1, μ = 0, r = Σ|g⊙x|, a zero image as fill. */
    private static final RuleSettings SETTINGS = new RuleSettings(
            STEPS, 0.1, RuleSettings.Logits.GUIDED, 1, 1, 0, true, Baseline.ZERO, 1, Sharing.NOTHING, false, 0, 0);

    private static final double LOSS_TOLERANCE = 1e-3;
    private static final double MASK_TOLERANCE = 2e-2;

    /** How far relative L2 errors may go at step 0. */
    private static double tolerance(DType arithmetic) {
        return arithmetic == DType.F64 ? 1e-5 : 1e-3;
    }

    private LearnedRuleSteps() {}

    /** A test per model and type of numbers; skips with a reason where there are no oracles. */
    public static Stream<DynamicTest> on(Backend backend) throws IOException {
        Path folder = Path.of(System.getProperty("backlight.oracles", "../shared/oracles"), "learned-rule-step");
        if (!Files.isDirectory(folder)) {
            String reason = "there is no folder " + folder + "; name its parent with -Dbacklight.oracles=DIR";
            System.out.println("skipped: " + reason);
            Assumptions.abort(reason);
        }
        List<Path> models;
        try (Stream<Path> files = Files.list(folder)) {
            models = files.filter(file -> file.toString().endsWith(".onnx"))
                    .sorted()
                    .toList();
        }
        return models.stream()
                .flatMap(model -> Stream.of(DType.F32, DType.F64).flatMap(type -> tests(backend, model, type)));
    }

    private static Stream<DynamicTest> tests(Backend backend, Path model, DType type) {
        String label = model.getFileName() + " in " + type;
        return Stream.of(
                dynamicTest(label + ", the fixed rules", () -> new Case(backend, model, type).checkFixedRules()),
                dynamicTest(label + ", step 0", () -> new Case(backend, model, type).checkFirstStep()),
                dynamicTest(label + ", " + STEPS + " steps", () -> new Case(backend, model, type).checkTraining()));
    }

    /** One model with its numbers. */
    private static final class Case {
        private final Map<String, NamedArray> expected;
        private final DType type;
        private final Backend backend;
        private final Question question;

        Case(Backend backend, Path model, DType type) {
            this.backend = backend;
            String name = model.getFileName().toString().replace(".onnx", ".npz");
            this.expected = Npz.read(model.resolveSibling(name));
            this.type = type;
            int[] targets = IntStream.range(0, array("target").size())
                    .map(i -> (int) array("target").longAt(i))
                    .toArray();
            this.question = new Question(OnnxModel.load(model, backend, type), tensor("input"), targets);
        }

        void checkFixedRules() {
            check("logits", question.network().apply(question.input()));
            check("map_gradient", FixedRule.GRADIENT);
            check("map_guided", FixedRule.GUIDED);
            check("map_deconvnet", FixedRule.DECONVNET);
            check("map_rectgrad", new RectGrad(98));
        }

        void checkFirstStep() {
            MaskObjective objective = new MaskObjective(question, SETTINGS);
            RuleParameters parameters = parameters(objective);
            Tape tape = new Tape();
            List<Tensor> leaves = parameters.watchedBy(tape);
            MaskObjective.Evaluation first = objective.evaluate(leaves);
            check("relevance_step0", first.relevance());
            check("mask_step0", first.mask());
            assertEquals(array("losses").doubleAt(0), first.loss().item(), LOSS_TOLERANCE);
            List<Tensor> gradients = tape.gradient(first.loss(), leaves, Walk.PLAIN);
            for (int site = 0; site < gradients.size(); site++) {
                check(numbered("dtheta_", site), gradients.get(site));
            }
        }

        void checkTraining() {
            MaskObjective objective = new MaskObjective(question, SETTINGS);
            RuleParameters parameters = parameters(objective);
            RuleTrainer trainer = new RuleTrainer(SETTINGS);
            for (int step = 0; step < STEPS; step++) {
                assertEquals(
                        array("losses").doubleAt(step),
                        trainer.step(objective, parameters),
                        LOSS_TOLERANCE,
                        "loss before step " + step);
            }
            if (type == DType.F32) {
                return;
            }
            try (Scope scope = Scope.open()) {
                MaskObjective.Evaluation last = objective.evaluate(parameters.logits());
                assertEquals(array("losses").doubleAt(STEPS), last.loss().item(), LOSS_TOLERANCE, "the last loss");
                checkEach("mask_final", last.mask());
            }
        }

        private RuleParameters parameters(MaskObjective objective) {
            int sites = (int) array("n_sites").longAt(0);
            assertEquals(sites, objective.sites().size(), "rectifiers");
            List<Tensor> logits = new ArrayList<>();
            for (int site = 0; site < sites; site++) {
                logits.add(tensor(numbered("theta0_", site)));
            }
            return new RuleParameters(objective.sites(), logits);
        }

        private void check(String name, Rule rule) {
            check(name, InputGradient.of(question, rule));
        }

        /** Relative L2 error. */
        private void check(String name, Tensor found) {
            double[] wanted = array(name).doubles();
            double[] values = found.toDoubles();
            assertEquals(wanted.length, values.length, name);
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < wanted.length; i++) {
                difference += (values[i] - wanted[i]) * (values[i] - wanted[i]);
                norm += wanted[i] * wanted[i];
            }
            double error = Math.sqrt(difference / norm);
            assertTrue(
                    error <= tolerance(type),
                    () -> String.format(Locale.ROOT, "%s: relative L2 error %.2e", name, error));
        }

        private void checkEach(String name, Tensor found) {
            double[] wanted = array(name).doubles();
            double[] values = found.toDoubles();
            for (int i = 0; i < wanted.length; i++) {
                assertEquals(wanted[i], values[i], MASK_TOLERANCE, name + " at " + i);
            }
        }

        private NamedArray array(String name) {
            NamedArray array = expected.get(name);
            if (array == null) {
                throw new AssertionError("the oracle has no array " + name);
            }
            return array;
        }

        private Tensor tensor(String name) {
            NamedArray array = array(name);
            return type == DType.F64
                    ? Tensor.of(backend, array.shape(), array.doubles())
                    : Tensor.of(backend, array.shape(), array.floats());
        }

        private static String numbered(String prefix, int site) {
            return String.format(Locale.ROOT, "%s%03d", prefix, site);
        }
    }
}
