package dev.backlight.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.learn.LearnedRuleMethod;
import dev.backlight.attribution.learn.MaskObjective;
import dev.backlight.attribution.learn.RuleParameters;
import dev.backlight.attribution.learn.RuleSettings;
import dev.backlight.attribution.learn.RuleTrainer;
import dev.backlight.attribution.learn.TrainedRule;
import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.attribution.method.Halving;
import dev.backlight.attribution.method.InputGradient;
import dev.backlight.attribution.method.IntegratedGradients;
import dev.backlight.attribution.method.Progress;
import dev.backlight.attribution.method.Quadrature;
import dev.backlight.attribution.method.Question;
import dev.backlight.attribution.method.SmoothGrad;
import dev.backlight.attribution.rule.FixedRule;
import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.vision.Zoo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rule training in less memory than it would take: the same bits, or a sentence. */
class MemoryShortageTest {
    private static final int BATCH = 4;
    private static final String LIMIT = "backlight.memory";

    private static Question question(Backend backend) {
        Layer network = Zoo.named("resnet20").build(3, 10);
        network.initialise(backend, DType.F32, 5);
        Shape shape = Shape.of(BATCH, 3, 32, 32);
        Tensor images = Tensor.random(backend, DType.F32, shape, Primitive.Distribution.NORMAL, 11);
        return new Question(network, images, new int[] {3, 8, 0, 1});
    }

    /** The loss and its gradients. */
    private static List<Tensor> step(Question question, List<Tensor> logits) {
        MaskObjective objective = new MaskObjective(question, RuleSettings.DEFAULT);
        Tape tape = new Tape();
        List<Tensor> leaves = logits.stream().map(tape::watch).toList();
        Tensor loss = objective.evaluate(leaves).loss();
        List<Tensor> results = new ArrayList<>(List.of(loss.detached()));
        results.addAll(tape.gradient(loss, leaves, Walk.PLAIN));
        return results;
    }

    private static List<Tensor> logits(Question question) {
        MaskObjective objective = new MaskObjective(question, RuleSettings.DEFAULT);
        RuleParameters parameters = new RuleTrainer(RuleSettings.DEFAULT).parameters(objective, question);
        return parameters.logits();
    }

    private static TensorProgram program(Question question, List<Tensor> logits) {
        try (Recording recording = Recording.open()) {
            return recording.program(
                    step(question, logits.stream().map(recording::inputLike).toList()));
        }
    }

    private static long held(TensorProgram program) {
        return program.bytes() + program.constantBytes();
    }

    @Test
    void aStepInPartOfItsMemoryGivesTheSameBits() {
        Backend backend = Backends.best(2);
        try (Scope scope = Scope.open()) {
            Question question = question(backend);
            List<Tensor> logits = logits(question);
            List<Tensor> eager = step(question, logits);
            for (double part : new double[] {0.8, 0.6}) {
                TensorProgram program = program(question, logits);
                long most = (long) (part * held(program));
                program.limitMemory(most);
                assertTrue(held(program) <= most, part + ": " + held(program) + " of " + most);
                for (int run = 0; run < 2; run++) {
                    List<Tensor> found = program.run(logits);
                    for (int i = 0; i < eager.size(); i++) {
                        assertArrayEquals(eager.get(i).toFloats(), found.get(i).toFloats(), part + ", result " + i);
                    }
                }
                program.release();
            }
        }
    }

    @Test
    void aBudgetTooSmallIsRefusedAndChangesNothing() {
        Backend backend = Backends.best(2);
        try (Scope scope = Scope.open()) {
            Question question = question(backend);
            TensorProgram program = program(question, logits(question));
            long held = held(program);
            DeviceMemoryException refusal =
                    assertThrows(DeviceMemoryException.class, () -> program.limitMemory(held / 50));
            assertTrue(
                    String.valueOf(refusal.getMessage()).contains("use a smaller batch or image"), refusal::toString);
            assertEquals(held, held(program));
        }
    }

    @Test
    void trainingComputesAgainWhatThereIsNoRoomFor() {
        RuleSettings settings = RuleSettings.DEFAULT.withSteps(3);
        try (Scope scope = Scope.open()) {
            Question question = question(Backends.best(2));
            assertTrue(new RuleTrainer(settings).fits(question));
            TrainedRule plenty = new RuleTrainer(settings).train(question, Progress.NONE);
            List<Tensor> logits = logits(question);
            long results = step(question, logits).stream()
                    .mapToLong(result ->
                            BufferPool.blockBytes(result.dtype(), result.shape().elements()))
                    .sum();
            Question narrow = question(withMemory(held(program(question, logits)) * 17 / 20 + results));
            assertFalse(new RuleTrainer(settings).fits(narrow));
            TrainedRule little = new RuleTrainer(settings).train(narrow, Progress.NONE);
            assertArrayEquals(plenty.losses(), little.losses());
            assertArrayEquals(plenty.relevance().toFloats(), little.relevance().toFloats());
        }
    }

    /** Remembers how many images it explains at once, each time with whether it had said that so many fit. */
    private record Watched(Attributor method, List<Integer> sizes, List<Boolean> fitting, Map<Integer, Boolean> answers)
            implements Attributor {
        Watched(Attributor method) {
            this(method, new ArrayList<>(), new ArrayList<>(), new HashMap<>());
        }

        void assertAskedForParts() {
            assertTrue(sizes.size() > 1 && sizes.stream().allMatch(size -> size < BATCH), sizes::toString);
            assertFalse(fitting.contains(false), () -> sizes + " images fit: " + fitting);
        }

        @Override
        public String name() {
            return method.name();
        }

        @Override
        public boolean fits(Question question) {
            boolean fits = method.fits(question);
            answers.put(question.size(), fits);
            return fits;
        }

        @Override
        public Optional<Attribution> attributeIfFits(Question question, Progress progress) {
            Optional<Attribution> found = method.attributeIfFits(question, progress);
            answers.put(question.size(), found.isPresent());
            found.ifPresent(attribution -> remember(question));
            return found;
        }

        /** Nobody asks whether a single image fits: there is nothing else to be done with it. */
        @Override
        public Attribution attribute(Question question, Progress progress) {
            if (question.size() == 1) {
                answers.put(1, method.fits(question));
            }
            remember(question);
            return method.attribute(question, progress);
        }

        private void remember(Question question) {
            sizes.add(question.size());
            fitting.add(answers.getOrDefault(question.size(), false));
        }
    }

    @Test
    void batchesAreHalvedBeforeAnythingIsComputedTwice() {
        try (Scope scope = Scope.open()) {
            Question question = question(Backends.best(2));
            long held = held(program(question, logits(question)));
            Watched learned = new Watched(new LearnedRuleMethod(RuleSettings.DEFAULT.withSteps(1)));
            new Halving(learned).attribute(question(withMemory(held * 3 / 2)), Progress.NONE);
            learned.assertAskedForParts();
        }
    }

    @Test
    void noisySamplesAreAskedAbout() {
        try (Scope scope = Scope.open()) {
            Question question = question(Backends.best(2));
            Watched smooth = new Watched(SmoothGrad.standard(SmoothGrad.Moment.MEAN, 5));
            assertTrue(smooth.fits(question));
            assertFalse(smooth.fits(question(withMemory(heldByGradient(question)))));
        }
    }

    /** A path of four points takes about what the gradient of four images takes, and kernels some more. */
    @Test
    void aPathIsWalkedByFewerPointsAtOnce() {
        IntegratedGradients method = new IntegratedGradients(BATCH, Quadrature.GAUSS_LEGENDRE, Baseline.ZERO, 64);
        try (Scope scope = Scope.open()) {
            Question question = question(Backends.best(2));
            List<Long> whole = new ArrayList<>(), halves = new ArrayList<>();
            float[] expected = method.attribute(question, (done, total) -> whole.add(done))
                    .values()
                    .toFloats();
            Question narrow = question(withMemory(heldByGradient(question)));
            float[] found = method.attribute(narrow, (done, total) -> halves.add(done))
                    .values()
                    .toFloats();
            assertEquals(List.of(4L, 8L, 12L, 16L), whole);
            assertEquals(List.of(2L, 4L, 6L, 8L, 10L, 12L, 14L, 16L), halves);
            assertArrayEquals(expected, found, 1e-5f);
        }
    }

    @Test
    void smoothedRulesAreTrainedOnAsManySamplesAsFit() {
        try (Scope scope = Scope.open()) {
            Question question = question(Backends.best(2));
            long held = held(program(question, logits(question)));
            Question narrow = question(withMemory(held * 3 / 2));
            Question one = new Question(narrow.network(), Ops.slice(narrow.input(), 0, 0, 1), new int[] {3});
            Watched learned = new Watched(new LearnedRuleMethod(RuleSettings.DEFAULT.withSteps(1)));
            new SmoothGrad(learned, SmoothGrad.Moment.MEAN, BATCH, 0.1, 5, BATCH).attribute(one, Progress.NONE);
            learned.assertAskedForParts();
        }
    }

    private static long heldByGradient(Question question) {
        try (Recording recording = Recording.open()) {
            Question recorded =
                    new Question(question.network(), recording.inputLike(question.input()), question.targets());
            return held(recording.program(List.of(InputGradient.of(recorded, FixedRule.GRADIENT))));
        }
    }

    private static Backend withMemory(long bytes) {
        String before = System.getProperty(LIMIT);
        System.setProperty(LIMIT, Long.toString(bytes));
        try {
            return Backends.best(2);
        } finally {
            if (before == null) {
                System.clearProperty(LIMIT);
            } else {
                System.setProperty(LIMIT, before);
            }
        }
    }
}
