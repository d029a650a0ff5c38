package dev.backlight.engine.autodiff;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.exp;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.square;
import static dev.backlight.engine.op.Ops.sum;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.op.Relu;
import dev.backlight.engine.op.Square;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TapeTest {
    private final Backend backend = new ReferenceBackend();

    private Tensor vector(double... values) {
        return Tensor.of(backend, Shape.of(values.length), values);
    }

    @Test
    void gradientsOfEveryOrder() {
        Tape tape = new Tape();
        Tensor x = tape.watch(vector(2));
        Tensor quartic = square(square(x));
        Tensor value = quartic;
        double[] expected = {32, 48, 48, 24};
        for (double derivative : expected) {
            value = tape.gradient(value, List.of(x), Walk.PLAIN.recorded()).getFirst();
            assertArrayEquals(new double[] {derivative}, value.toDoubles(), 1e-12);
        }
    }

    @Test
    void aRuleBelongsToTheWalkItWasGivenTo() {
        Tape tape = new Tape();
        Tensor x = tape.watch(vector(-1, 2));
        Tensor y = sum(mul(new Relu().on(x), vector(3, -4)));
        Propagation deconvolution = (at, upstream) -> Gradients.of(() -> new Relu().on(upstream));
        Walk ruled = Walk.under(PropagationMap.on(Relu.class, deconvolution));
        assertArrayEquals(
                new double[] {3, 0},
                tape.gradient(y, List.of(x), ruled).getFirst().toDoubles());
        assertArrayEquals(new double[] {0, -4}, tape.gradient(y, x).toDoubles());
    }

    @Test
    void aWalkUnderRulesDifferentiatesPlainly() {
        Tape tape = new Tape();
        Tensor x = tape.watch(vector(3));
        Propagation doubled = (at, upstream) -> Gradients.of(() -> mul(mul(at.input(0), upstream), 4));
        Walk ruled = Walk.under(PropagationMap.on(Square.class, doubled)).recorded();
        Tensor first = tape.gradient(square(x), List.of(x), ruled).getFirst();
        assertArrayEquals(new double[] {12}, first.toDoubles());
        assertArrayEquals(new double[] {4}, tape.gradient(first, x).toDoubles());
    }

    @Test
    void parametersOnAnotherTapeRecordAnUnrecordedWalk() {
        Tape forward = new Tape();
        Tensor x = forward.watch(vector(1, 2));
        Tensor y = sum(square(square(x)));
        int recorded = forward.applications().size();
        Tape learning = new Tape();
        Tensor scale = learning.watch(vector(5));
        Propagation scaled = (at, u) -> Gradients.of(() -> mul(mul(mul(at.input(0), 2), u), scale));
        Walk ruled = Walk.under(PropagationMap.on(Square.class, scaled));
        Tensor g = forward.gradient(y, List.of(x), ruled).getFirst();
        assertEquals(recorded, forward.applications().size());
        // g = 4x³·s², so dΣg/ds = Σ 4x³·2s
        assertArrayEquals(new double[] {4 * 25, 32 * 25}, g.toDoubles());
        assertArrayEquals(
                new double[] {(4 + 32) * 10}, learning.gradient(g, scale).toDoubles());
    }

    @Test
    void signalsOfSeveralConsumersAreAdded() {
        Tape tape = new Tape();
        Tensor x = tape.watch(vector(1, -2));
        Tensor h = exp(x);
        Tensor y = add(add(h, h), mul(h, x));
        double[] expected = {Math.E * (2 + 1 + 1), Math.exp(-2) * (2 - 2 + 1)};
        assertArrayEquals(expected, tape.gradient(y, x).toDoubles(), 1e-12);
        assertArrayEquals(new double[] {3, 0}, tape.gradient(y, h).toDoubles(), 1e-12);
    }

    @Test
    void nothingAccumulatesInALoop() {
        long before = 0;
        for (int step = 0; step < 50; step++) {
            try (Scope scope = Scope.open()) {
                Tape tape = new Tape();
                Tensor x = tape.watch(vector(1, 2, 3));
                Tensor g = tape.gradient(square(square(x)), List.of(x), Walk.PLAIN.recorded())
                        .getFirst();
                tape.gradient(g, x);
            }
            if (step == 5) {
                before = backend.pool().statistics().freeBytes();
            }
        }
        assertEquals(0, backend.pool().statistics().liveBlocks());
        assertEquals(before, backend.pool().statistics().freeBytes());
    }

    @Test
    void aTensorBeyondItsScopeIsRefused() {
        Tensor lost;
        Tensor kept;
        try (Scope scope = Scope.open()) {
            lost = square(vector(3));
            kept = scope.keep(square(vector(4)));
        }
        assertArrayEquals(new double[] {16}, kept.toDoubles());
        DeviceException refusal = assertThrows(DeviceException.class, lost::toDoubles);
        assertTrue(String.valueOf(refusal.getMessage()).contains("Scope.keep"));
    }

    @Test
    void theDerivativeOfAConstantIsRefusedWithTheWayOut() {
        Tape tape = new Tape();
        Tensor x = tape.watch(vector(2, 3));
        Tensor slope =
                tape.gradient(mul(x, 5), List.of(x), Walk.PLAIN.recorded()).getFirst();
        assertEquals(
                "cannot differentiate Tensor(F64 2 on reference): its derivative is zero: it depends on nothing that a"
                        + " tape watches, as the gradient of a linear function does, so use zeros; if it should depend"
                        + " on something, watch that before computing it, and use Walk.recorded() if a walk computed it",
                assertThrows(ShapeException.class, () -> tape.gradient(slope, x))
                        .getMessage());
    }

    /** exp(x)² with something else in the place of the exponential, by another number of elements than it was known from. */
    @Test
    void aTensorStandsInForWhatAnApplicationGives() {
        Tape known = new Tape();
        square(exp(known.watch(vector(1))));
        Tape tape = new Tape();
        Tensor x = tape.watch(vector(1, 2));
        tape.substitute(known.applications().getFirst(), vector(3, 5));
        Tensor y = square(exp(x));
        assertArrayEquals(new double[] {9, 25}, y.toDoubles());
        Tensor inside = tape.applications().getFirst().output();
        assertArrayEquals(
                new double[] {6, 10},
                tape.gradient(y, List.of(inside), Walk.PLAIN).getFirst().toDoubles());
        assertArrayEquals(new double[] {9, 25}, square(inside).toDoubles());
    }

    @Test
    void nothingStandsInForAnotherApplication() {
        Tape known = new Tape();
        square(exp(known.watch(vector(1))));
        Application exponential = known.applications().getFirst();
        Tape late = new Tape();
        exp(late.watch(vector(1)));
        assertThrows(ShapeException.class, () -> late.substitute(exponential, vector(3)));
        Tape other = new Tape();
        other.substitute(exponential, vector(3));
        Tensor x = other.watch(vector(1));
        String refusal = String.valueOf(
                assertThrows(ShapeException.class, () -> square(x)).getMessage());
        assertTrue(refusal.contains("Exp") && refusal.contains("found Square"), refusal);
        Tape wider = new Tape();
        wider.substitute(exponential, vector(3, 4));
        Tensor one = wider.watch(vector(1));
        assertThrows(ShapeException.class, () -> exp(one));
    }

    @Test
    void tapesDoNotMix() {
        Tensor a = new Tape().watch(vector(1));
        Tensor b = new Tape().watch(vector(1));
        assertThrows(ShapeException.class, () -> add(a, b));
        assertThrows(ShapeException.class, () -> new Tape().gradient(a, a));
    }
}
