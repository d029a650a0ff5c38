package dev.backlight.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.backlight.attribution.learn.MaskObjective;
import dev.backlight.attribution.learn.RuleParameters;
import dev.backlight.attribution.learn.RuleSettings;
import dev.backlight.attribution.learn.RuleTrainer;
import dev.backlight.attribution.learn.Sharing;
import dev.backlight.attribution.learn.TrainedRule;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.attribution.method.Progress;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.vision.Zoo;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A whole explanation by replay equals the same steps executed one by one, bit for bit. */
public class ReplayedExplanationTest {
    private static final int STEPS = 6;

    public static Stream<RuleSettings> settings() {
        RuleSettings plain = with(Baseline.BLUR, 0, 1, Sharing.NOTHING);
        return Stream.of(plain, with(Baseline.ZERO, 0.3, 3, Sharing.PIXELS), plain.withSharing(Sharing.LAYER));
    }

    private static RuleSettings with(Baseline fill, double guidance, int smoothing, Sharing sharing) {
        return new RuleSettings(
                STEPS,
                0.1,
                new RuleSettings.Logits(3, -3, -5),
                1,
                1,
                guidance,
                true,
                fill,
                smoothing,
                sharing,
                guidance > 0,
                0,
                0);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void replayEqualsEager(RuleSettings settings) {
        for (String name : new String[] {"resnet20", "resnet9_w24"}) {
            replayEqualsEager(settings, name, Backends.best(2));
        }
    }

    /** Holds a backend to it, on a network of the zoo. */
    public static void replayEqualsEager(RuleSettings settings, String name, Backend backend) {
        Layer network = Zoo.named(name).build(3, 10);
        network.initialise(backend, DType.F32, 5);
        try (Scope scope = Scope.open()) {
            Tensor images =
                    Tensor.random(backend, DType.F32, Shape.of(2, 3, 32, 32), Primitive.Distribution.NORMAL, 11);
            Question question = new Question(network, images, new int[] {3, 8});
            TrainedRule replayed = new RuleTrainer(settings).train(question, Progress.NONE);

            MaskObjective objective = new MaskObjective(question, settings);
            RuleTrainer trainer = new RuleTrainer(settings);
            RuleParameters parameters = trainer.parameters(objective, question);
            double[] losses = new double[STEPS + 1];
            for (int step = 0; step < STEPS; step++) {
                losses[step] = trainer.step(objective, parameters);
            }
            MaskObjective.Evaluation last = objective.evaluate(parameters.logits());
            losses[STEPS] = last.loss().item();

            assertArrayEquals(losses, replayed.losses(), name);
            assertArrayEquals(last.relevance().toFloats(), replayed.relevance().toFloats(), name);
            assertArrayEquals(last.mask().toFloats(), replayed.mask().toFloats(), name);
            for (int site = 0; site < parameters.logits().size(); site++) {
                assertArrayEquals(
                        parameters.logits().get(site).toFloats(),
                        replayed.logits().get(site).toFloats(),
                        name + ", site " + site);
            }
        }
    }
}
