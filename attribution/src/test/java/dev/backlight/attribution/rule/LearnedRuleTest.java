package dev.backlight.attribution.rule;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.square;
import static dev.backlight.engine.op.Ops.sum;
import static dev.backlight.engine.op.Shapes.concat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlight.engine.autodiff.Propagation;
import dev.backlight.engine.autodiff.PropagationMap;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.op.LeakyRelu;
import dev.backlight.engine.op.Relu;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearnedRuleTest {
    private static final double FAR = 60;
    private final Backend backend = new ReferenceBackend();
    private final Shape shape = Shape.of(2, 3, 4);

    private Tensor normal(Shape of, long seed) {
        return Tensor.random(backend, DType.F64, of, Primitive.Distribution.NORMAL, seed);
    }

    private Tensor logits(double a, double b, double c) {
        Shape plane = shape.insert(0, 1);
        return concat(
                0,
                Tensor.full(backend, DType.F64, plane, a),
                Tensor.full(backend, DType.F64, plane, b),
                Tensor.full(backend, DType.F64, plane, c));
    }

    private double[] throughRelu(Propagation propagation) {
        Tape tape = new Tape();
        Tensor x = tape.watch(normal(shape, 1));
        Tensor y = sum(mul(new Relu().on(x), normal(shape, 2)));
        Walk walk = Walk.under(PropagationMap.on(Relu.class, propagation));
        return tape.gradient(y, List.of(x), walk).getFirst().toDoubles();
    }

    private double[] fixed(FixedRule rule) {
        return throughRelu((at, u) -> {
            Propagation own = rule.propagations().at(at);
            return (own == null ? Propagation.GRADIENT : own).propagate(at, u);
        });
    }

    @Test
    void itsLimitsAreTheHandCraftedRules() {
        assertArrayEquals(
                fixed(FixedRule.GRADIENT), throughRelu(new LearnedPropagation(logits(FAR, FAR, -FAR))), 1e-12);
        assertArrayEquals(fixed(FixedRule.GUIDED), throughRelu(new LearnedPropagation(logits(FAR, -FAR, -FAR))), 1e-12);
        assertArrayEquals(
                fixed(FixedRule.DECONVNET), throughRelu(new LearnedPropagation(logits(FAR, -FAR, FAR))), 1e-12);
    }

    /** Leaky with slope 0 is the rectifier, but goes the general way around the local derivative. */
    @Test
    void thePluginOfOtherNonlinearitiesAgreesAtTheRectifier() {
        Tensor theta = normal(shape.insert(0, 3), 3);
        Tape tape = new Tape();
        Tensor x = tape.watch(normal(shape, 1));
        Tensor y = sum(mul(new LeakyRelu(0).on(x), normal(shape, 2)));
        Walk walk = Walk.under(PropagationMap.on(LeakyRelu.class, new LearnedPropagation(theta)));
        assertArrayEquals(
                throughRelu(new LearnedPropagation(theta)),
                tape.gradient(y, List.of(x), walk).getFirst().toDoubles(),
                1e-14);
    }

    @Test
    void logitsOfAnotherShapeAreRefused() {
        assertThrows(
                ShapeException.class,
                () -> new LearnedRule().on(normal(shape, 1), normal(shape, 2), normal(Shape.of(2, 2, 3, 4), 3)));
    }

    /** Each derivative is checked against central differences of the one before, along random directions. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void derivativesOfOrder(int order) {
        for (int operand = 1; operand <= 2; operand++) {
            Tensor at = operand == 1 ? normal(shape, 7) : normal(shape.insert(0, 3), 8);
            int varied = operand;
            UnaryOperator<Tensor> function = value -> repeated(order - 1, varied, value);
            double h = 1e-5;
            Tensor direction = normal(at.shape(), 11);
            double plus = function.apply(moved(at, direction, h)).item();
            double minus = function.apply(moved(at, direction, -h)).item();
            Tape tape = new Tape();
            Tensor x = tape.watch(at);
            Tensor value = function.apply(x);
            double expected = (plus - minus) / (2 * h);
            for (Walk walk : List.of(Walk.PLAIN, Walk.PLAIN.recorded())) {
                Tensor gradient = tape.gradient(value, List.of(x), walk).getFirst();
                assertEquals(expected, sum(mul(gradient, direction)).item(), 1e-7 * Math.max(1, Math.abs(expected)));
            }
        }
    }

    private Tensor moved(Tensor at, Tensor direction, double by) {
        return add(at, mul(direction, by));
    }

    /** Σ p₀·R², then Σ p₁·∂(that)/∂operand, and so on; the square makes each signal depend on the operands in turn. */
    private Tensor repeated(int times, int varied, Tensor value) {
        Tape known = value.tape();
        Tape tape = known == null ? new Tape() : known;
        Tensor u = varied == 1 ? value : normal(shape, 7);
        Tensor theta = varied == 2 ? value : normal(shape.insert(0, 3), 8);
        Tensor leafU = u.tape() == null ? tape.watch(u) : u;
        Tensor leafTheta = theta.tape() == null ? tape.watch(theta) : theta;
        Tensor scalar = sum(mul(square(new LearnedRule().on(normal(shape, 1), leafU, leafTheta)), normal(shape, 2)));
        for (int i = 0; i < times; i++) {
            List<Tensor> both = tape.gradient(scalar, List.of(leafU, leafTheta), Walk.PLAIN.recorded());
            Tensor next = add(
                    sum(mul(both.get(0), normal(shape, 20 + i))),
                    sum(mul(both.get(1), normal(shape.insert(0, 3), 30 + i))));
            scalar = next;
        }
        return scalar;
    }
}
