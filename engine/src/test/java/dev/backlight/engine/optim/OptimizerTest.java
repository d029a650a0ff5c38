package dev.backlight.engine.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Initializer;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.engine.shape.UnsupportedOpException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class OptimizerTest {
    private static final Backend BACKEND = Backends.named("reference", 1);
    private static final Shape ONE = Shape.of(1, 1);

    private static Parameter parameter(double value) {
        Parameter parameter = new Parameter(ONE, Initializer.zeros(), true);
        parameter.set(Tensor.of(BACKEND, ONE, value));
        return parameter;
    }

    /** Steps on f(p) = p²/2, whose gradient is p. */
    private static double[] descend(Function<Map<String, Parameter>, Optimizer> make, double rate, int steps) {
        Parameter p = parameter(1);
        Optimizer optimizer = make.apply(Map.of("p", p));
        double[] path = new double[steps];
        for (int i = 0; i < steps; i++) {
            optimizer.step(List.of(Tensor.of(BACKEND, ONE, p.value().toDoubles())), rate);
            path[i] = p.value().item();
        }
        return path;
    }

    @Test
    void momentumFollowsItsRecurrence() {
        // v: 1, 0.5 + 0.9 = 1.4; p: 1 − 0.1, 0.9 − 0.14
        assertArrayEquals(
                new double[] {0.9, 0.76}, descend(p -> Sgd.withMomentum(p, 0.5, WeightDecay.NONE), 0.1, 2), 1e-12);
    }

    @Test
    void nesterovLooksAhead() {
        // g = 1, v = 1: p = 1 − 0.1·(1 + 0.5); g = 0.85, v = 1.35: p = 0.85 − 0.1·(0.85 + 0.675)
        assertArrayEquals(
                new double[] {0.85, 0.6975}, descend(p -> Sgd.withNesterov(p, 0.5, WeightDecay.NONE), 0.1, 2), 1e-12);
    }

    @Test
    void adamBeginsWithStepsOfTheLearningRate() {
        double[] path = descend(p -> new Adam(p, Adam.Settings.DEFAULT), 0.01, 1);
        assertEquals(0.99, path[0], 1e-8);
    }

    @Test
    void decayIsPartOfTheGradientInSgdAndApartInAdam() {
        assertEquals(
                1 - 0.1 * 1.5, descend(p -> Sgd.withMomentum(p, 0, WeightDecay.everywhere(0.5)), 0.1, 1)[0], 1e-12);
        var settings = Adam.Settings.DEFAULT.withDecay(WeightDecay.ofWeights(0.5));
        assertEquals(1 * (1 - 0.1 * 0.5) - 0.1, descend(p -> new Adam(p, settings), 0.1, 1)[0], 1e-8);
    }

    @Test
    void decayCanSpareVectors() {
        Parameter bias = new Parameter(Shape.of(3), Initializer.zeros(), true);
        assertEquals(0, WeightDecay.ofWeights(0.5).of(bias));
        assertEquals(0.5, WeightDecay.ofWeights(0.5).of(parameter(0)));
    }

    @Test
    void aRunGoesOnFromItsSavedState() {
        double[] whole = descend(p -> new Adam(p, Adam.Settings.DEFAULT), 0.05, 6);
        Parameter p = parameter(1);
        Optimizer first = new Adam(Map.of("p", p), Adam.Settings.DEFAULT);
        for (int i = 0; i < 3; i++) {
            first.step(List.of(Tensor.of(BACKEND, ONE, p.value().toDoubles())), 0.05);
        }
        Parameter copy = parameter(p.value().item());
        Optimizer second = new Adam(Map.of("p", copy), Adam.Settings.DEFAULT);
        second.resumeAt(first.steps());
        first.state()
                .forEach((name, saved) ->
                        Objects.requireNonNull(second.state().get(name)).assign(saved.value()));
        for (int i = 3; i < 6; i++) {
            second.step(List.of(Tensor.of(BACKEND, ONE, copy.value().toDoubles())), 0.05);
            assertEquals(whole[i], copy.value().item());
        }
    }

    @Test
    void aGradientOfAnotherShapeIsNamed() {
        Optimizer sgd = Sgd.withMomentum(Map.of("fc.weight", parameter(1)), 0.9, WeightDecay.NONE);
        var wrong = List.of(Tensor.of(BACKEND, Shape.of(2), 1.0, 2.0));
        ShapeException refusal = assertThrows(ShapeException.class, () -> sgd.step(wrong, 1));
        assertTrue(String.valueOf(refusal.getMessage()).contains("fc.weight"), refusal::toString);
    }

    @Test
    void clippingKeepsTheDirection() {
        List<Tensor> gradients = List.of(Tensor.of(BACKEND, Shape.of(1), 3.0), Tensor.of(BACKEND, Shape.of(1), 4.0));
        List<Tensor> clipped = Clipping.byNorm(gradients, 1);
        assertEquals(0.6, clipped.get(0).item(), 1e-12);
        assertEquals(0.8, clipped.get(1).item(), 1e-12);
        assertEquals(gradients, Clipping.byNorm(gradients, 6));
    }

    /** Programs may do a step twice, for want of memory, and an optimiser's step done twice is another step. */
    @Test
    void aRecordingRefusesStepsThatWriteIntoTheirOperands() {
        try (Scope scope = Scope.open();
                Recording recording = Recording.open()) {
            Tensor x = recording.input(BACKEND, DType.F32, Shape.of(2));
            Primitive step = new Primitive.SgdStep(0.1, 0, 0, false);
            UnsupportedOpException refusal = assertThrows(
                    UnsupportedOpException.class, () -> Tensor.execute(BACKEND, step, DType.F32, x.shape(), x, x, x));
            assertTrue(String.valueOf(refusal.getMessage()).contains("outside of the recording"), refusal::toString);
        }
    }
}
