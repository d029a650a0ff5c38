package dev.backlight.attribution.learn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.attribution.method.Progress;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.nn.Activation;
import dev.backlight.engine.nn.AdaptiveAveragePooling;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Flatten;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Linear;
import dev.backlight.engine.nn.MaxPooling;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Silu;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RuleTrainerTest {
    private static final RuleSettings QUICK = RuleSettings.DEFAULT.withSteps(15);

    private final Backend backend = new ReferenceBackend();
    private final Layer network = network();

    private Layer network() {
        Layer layers = new Sequential(
                Convolution.square(2, 4, 3, 1, 1),
                Activation.relu(),
                new MaxPooling(WindowGeometry.square(2, 2, 0)),
                new Convolution(4, 6, WindowGeometry.square(3, 1, 1), 1, true),
                new Activation(new Silu()),
                Convolution.square(6, 6, 1, 1, 0),
                Activation.relu(),
                new AdaptiveAveragePooling(1, 1),
                new Flatten(),
                new Linear(6, 3));
        layers.initialise(backend, DType.F64, 5);
        return layers;
    }

    private Question question(int images, long seed) {
        Shape shape = Shape.of(images, 2, 6, 6);
        int[] targets = new int[images];
        for (int n = 0; n < images; n++) {
            targets[n] = n % 3;
        }
        return new Question(
                network, Tensor.random(backend, DType.F64, shape, Primitive.Distribution.NORMAL, seed), targets);
    }

    static Stream<RuleSettings> settings() {
        RuleSettings all = new RuleSettings(
                3,
                0.1,
                new RuleSettings.Logits(1, -1, -2),
                0.7,
                0.5,
                0.3,
                false,
                Baseline.BLUR,
                3,
                Sharing.NOTHING,
                true,
                0,
                0);
        return Stream.of(RuleSettings.DEFAULT, all, all.withSharing(Sharing.PIXELS), all.withSharing(Sharing.LAYER));
    }

    /** ∂L/∂θ goes through the second forward pass, the mask and the first backward pass. */
    @ParameterizedTest
    @MethodSource
    void settings(RuleSettings settings) {
        Question question = question(2, 3);
        MaskObjective objective = new MaskObjective(question, settings);
        RuleParameters parameters = new RuleTrainer(settings).parameters(objective, question);
        objective.fixScale(parameters.logits());
        Tape tape = new Tape();
        List<Tensor> leaves = parameters.watchedBy(tape);
        List<Tensor> gradients = tape.gradient(objective.evaluate(leaves).loss(), leaves, Walk.PLAIN);
        for (int site = 0; site < leaves.size(); site++) {
            double[] expected = gradients.get(site).toDoubles();
            for (int element = 0; element < expected.length; element += Math.max(1, expected.length / 7)) {
                double difference = loss(objective, parameters, site, element, 1e-5)
                        - loss(objective, parameters, site, element, -1e-5);
                assertEquals(difference / 2e-5, expected[element], 2e-8, "site " + site + " element " + element);
            }
        }
    }

    private double loss(MaskObjective objective, RuleParameters parameters, int site, int element, double by) {
        List<Tensor> moved = new ArrayList<>(parameters.logits());
        Tensor old = moved.get(site);
        double[] values = old.toDoubles();
        values[element] += by;
        moved.set(site, Tensor.of(backend, old.shape(), values));
        return objective.evaluate(moved).loss().item();
    }

    @Test
    void trainingLowersTheLoss() {
        double[] losses =
                new RuleTrainer(QUICK).train(question(3, 1), Progress.NONE).losses();
        assertEquals(16, losses.length);
        assertTrue(losses[15] < losses[0], "from " + losses[0] + " to " + losses[15]);
    }

    static Stream<RuleSettings> neighbours() {
        RuleSettings patient = new RuleSettings(
                40, 0.3, RuleSettings.Logits.GUIDED, 1, 1, 0, true, Baseline.ZERO, 1, Sharing.NOTHING, false, 1, 0);
        return Stream.of(QUICK, patient, QUICK.withSharing(Sharing.IMAGES), QUICK.withSharing(Sharing.LAYER));
    }

    @ParameterizedTest
    @MethodSource
    void neighbours(RuleSettings settings) {
        Question both = question(2, 9);
        LearnedRuleMethod method = new LearnedRuleMethod(settings);
        Attribution together = method.attribute(both);
        List<Attribution> alone = new ArrayList<>();
        for (int n = 0; n < 2; n++) {
            Tensor image = Ops.slice(both.input(), 0, n, n + 1);
            alone.add(method.attribute(new Question(network, image, new int[] {n})));
            assertArrayEquals(together.relevance(n), alone.get(n).relevance(0), 1e-6f, "image " + n);
        }
        double[] first = alone.get(0).trace();
        double[] second = alone.get(1).trace();
        assertEquals(Math.max(first.length, second.length), together.trace().length);
        assertEquals(
                first[first.length - 1] + second[second.length - 1],
                together.trace()[together.trace().length - 1],
                1e-9);
    }

    @Test
    void aSharedRuleExplainsNewImages() {
        RuleSettings shared = QUICK.withSharing(Sharing.PIXELS);
        List<Question> batches = List.of(question(2, 1), question(2, 2), question(2, 3));
        RuleParameters parameters = new RuleTrainer(shared).trainShared(batches, Progress.NONE);
        Attribution map = new SharedRuleMethod("shared", shared, parameters).attribute(question(5, 77));
        assertEquals(Shape.of(5, 1, 6, 6), map.values().shape());
        RuleParameters again = new RuleTrainer(shared).trainShared(batches, Progress.NONE);
        for (int i = 0; i < parameters.logits().size(); i++) {
            assertArrayEquals(
                    parameters.logits().get(i).toDoubles(),
                    again.logits().get(i).toDoubles());
        }
    }

    /** The eager step is the definition of the replayed one. */
    @Test
    void trainingOnBatchesReplaysTheEagerSteps() {
        RuleSettings shared = QUICK.withSharing(Sharing.PIXELS).withSteps(6);
        RuleTrainer trainer = new RuleTrainer(shared);
        Question batch = question(3, 1);
        RuleParameters replayed = trainer.trainShared(List.of(batch), Progress.NONE);
        MaskObjective objective = new MaskObjective(batch, shared);
        RuleParameters eager = trainer.parameters(objective, batch);
        objective.fixScale(trainer.parameters(objective, batch).logits());
        for (int step = 0; step < 6; step++) {
            trainer.step(objective, eager);
        }
        for (int i = 0; i < eager.logits().size(); i++) {
            assertArrayEquals(
                    eager.logits().get(i).toDoubles(), replayed.logits().get(i).toDoubles());
        }
    }

    @Test
    void aSharedRuleOfAnotherSizeIsRefused() {
        RuleSettings shared = QUICK.withSharing(Sharing.CHANNELS).withSteps(1);
        RuleParameters parameters = new RuleTrainer(shared).trainShared(List.of(question(2, 1)), Progress.NONE);
        Tensor larger = Tensor.random(backend, DType.F64, Shape.of(1, 2, 8, 8), Primitive.Distribution.NORMAL, 4);
        Question question = new Question(network, larger, new int[] {0});
        SharedRuleMethod method = new SharedRuleMethod("shared", shared, parameters);
        var error = assertThrows(ShapeException.class, () -> method.attribute(question));
        assertTrue(error.toString().contains("the rule at "), error.toString());
    }

    @Test
    void aSharedRuleTakesNoPatience() {
        RuleSettings patient = new RuleSettings(
                5, 0.1, RuleSettings.Logits.GUIDED, 1, 1, 0, true, Baseline.ZERO, 1, Sharing.LAYER, false, 4, 0);
        var error = assertThrows(
                BacklightException.class,
                () -> new RuleTrainer(patient).trainShared(List.of(question(1, 1)), Progress.NONE));
        assertTrue(error.toString().contains("set patience to 0 rather than 4"), error.toString());
    }

    @Test
    void patienceStopsEarly() {
        RuleSettings patient = new RuleSettings(
                500, 1e-9, RuleSettings.Logits.GUIDED, 1, 1, 0, true, Baseline.ZERO, 1, Sharing.NOTHING, false, 4, 0);
        assertEquals(
                6, new RuleTrainer(patient).train(question(1, 1), Progress.NONE).losses().length);
    }

    @Test
    void aLossThatIsNoNumberEndsTheTraining() {
        Tensor image = Tensor.full(backend, DType.F64, Shape.of(1, 2, 6, 6), Double.NaN);
        Question question = new Question(network, image, new int[] {0});
        var error = assertThrows(BacklightException.class, () -> new RuleTrainer(QUICK).train(question, Progress.NONE));
        assertTrue(error.toString().contains("is not a number after 0 steps"), error.toString());
    }

    @Test
    void memoryStaysFlat() {
        try (Scope scope = Scope.open()) {
            Question question = question(1, 1);
            MaskObjective objective = new MaskObjective(question, QUICK);
            RuleTrainer trainer = new RuleTrainer(QUICK);
            RuleParameters parameters = trainer.parameters(objective, question);
            trainer.step(objective, parameters);
            long blocks = backend.pool().statistics().liveBlocks();
            long free = 0;
            for (int i = 0; i < 20; i++) {
                trainer.step(objective, parameters);
                free = i == 0 ? backend.pool().statistics().freeBytes() : free;
            }
            assertEquals(blocks, backend.pool().statistics().liveBlocks());
            assertEquals(free, backend.pool().statistics().freeBytes());
        }
    }

    @Test
    void aNetworkWithoutNonlinearitiesIsRefused() {
        Layer linear = new Sequential(new AdaptiveAveragePooling(1, 1), new Flatten(), new Linear(2, 3));
        linear.initialise(backend, DType.F64, 1);
        Question question = new Question(linear, question(1, 1).input(), new int[] {0});
        assertThrows(ShapeException.class, () -> new LearnedRuleMethod(QUICK).attribute(question));
    }
}
