package dev.backlight.engine.op;

import static dev.backlight.engine.op.Tensors.BACKEND;
import static dev.backlight.engine.op.Tensors.assertTensor;
import static dev.backlight.engine.op.Tensors.tensor;
import static dev.backlight.engine.op.Tensors.vector;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpsTest {
    private static final Tensor A = vector(-2, 0.5, 3);
    private static final Shape THREE = Shape.of(3);

    @Test
    void functionsOfOneElement() {
        assertTensor(Ops.floor(A), THREE, -2, 0, 3);
        assertTensor(Ops.ceil(A), THREE, -2, 1, 3);
        assertTensor(Ops.round(vector(0.5, 1.5, -2.6)), THREE, 0, 2, -3);
        assertTensor(Ops.clip(A, -1, 1), THREE, -1, 0.5, 1);
        assertTensor(Ops.pow(A, 3), THREE, -8, 0.125, 27);
        assertTensor(Ops.sqrt(vector(0, 4, 2.25)), THREE, 0, 2, 1.5);
        assertTensor(Ops.reciprocal(A), THREE, -0.5, 2, 1 / 3.0);
        assertTensor(Ops.sin(A), THREE, Math.sin(-2), Math.sin(0.5), Math.sin(3));
        assertTensor(Ops.cos(A), THREE, Math.cos(-2), Math.cos(0.5), Math.cos(3));
        // Abramowitz and Stegun, table 7.1.
        assertTensor(Ops.erf(vector(0, 1, -2)), THREE, 0, 0.842700792949715, -0.995322265018953);
    }

    @Test
    void functionsOfTwoElements() {
        Tensor b = vector(1, 0.5, -1);
        assertTensor(Ops.minimum(A, b), THREE, -2, 0.5, -1);
        assertTensor(Ops.maximum(A, b), THREE, 1, 0.5, 3);
        assertTensor(Ops.pow(A, vector(2, 2, -1)), THREE, 4, 0.25, 1 / 3.0);
        assertTensor(Ops.equal(A, b), THREE, 0, 1, 0);
        assertTensor(Ops.less(A, b), THREE, 1, 0, 0);
        assertTensor(Ops.lessOrEqual(A, b), THREE, 1, 1, 0);
        assertTensor(Ops.greater(A, b), THREE, 0, 0, 1);
        assertTensor(Ops.greaterOrEqual(A, b), THREE, 0, 1, 1);
        assertTensor(Ops.where(Ops.greater(A, b), A, Ops.mul(b, 10)), THREE, 10, 5, 3);
    }

    @Test
    void reductionsOverAnyAxes() {
        Tensor x = tensor(Shape.of(2, 3), 1, 5, 2, 7, 0, 3);
        assertTensor(Ops.max(x), Shape.scalar(), 7);
        assertTensor(Ops.max(x, 0), THREE, 7, 5, 3);
        assertTensor(Ops.minKeeping(x, -1), Shape.of(2, 1), 1, 0);
        assertTensor(Ops.mean(x, 1), Shape.of(2), 8 / 3.0, 10 / 3.0);
        assertTensor(
                Ops.logSumExp(x, 0),
                THREE,
                Math.log(Math.exp(1) + Math.exp(7)),
                Math.log(Math.exp(5) + 1),
                Math.log(Math.exp(2) + Math.exp(3)));
        assertArrayEquals(new long[] {1, 0}, Ops.argMax(x, 1).toLongs());
        assertArrayEquals(new long[] {0}, Ops.argMax(vector(4, 4), 0).toLongs());
    }

    @Test
    void castsTruncateTowardZero() {
        Tensor whole = Ops.cast(vector(-1.7, 2.9), DType.I64);
        assertArrayEquals(new long[] {-1, 2}, whole.toLongs());
        assertTensor(Ops.cast(whole, DType.F32), Shape.of(2), -1, 2);
    }

    @Test
    void aCastInTheMiddleCarriesTheGradientBack() {
        Tape tape = new Tape();
        Tensor x = tape.watch(Tensor.of(BACKEND, Shape.of(2), 3f, 4f));
        Tensor wide = Ops.square(Ops.cast(x, DType.F64));
        Tensor gradient = tape.gradient(wide, x);
        assertArrayEquals(new float[] {6, 8}, gradient.toFloats());
    }

    @Test
    void powersAtZero() {
        Tape tape = new Tape();
        Tensor base = tape.watch(vector(0, 2));
        Tensor exponent = tape.watch(vector(3, 3));
        Tensor power = Ops.pow(base, exponent);
        assertTensor(tape.gradient(power, base), Shape.of(2), 0, 12);
        assertTensor(tape.gradient(power, exponent), Shape.of(2), 0, 8 * Math.log(2));
    }

    /** x⁰ is 1 everywhere, x¹ has slope 1, and b·a^(b−1) at b = 0 has slope 1/a in b where a is not 0. */
    @Test
    void smallPowersOfZeroHaveDerivatives() {
        Shape five = Shape.of(5);
        Tape tape = new Tape();
        Tensor base = tape.watch(vector(0, 0, 0, 2, 3));
        Tensor exponent = tape.watch(vector(0, 1, 2, 0, 1));
        Walk recorded = Walk.PLAIN.recorded();
        Tensor first =
                tape.gradient(Ops.pow(base, exponent), List.of(base), recorded).getFirst();
        assertTensor(first, five, 0, 1, 0, 0, 1);
        Tensor second = tape.gradient(first, List.of(base), recorded).getFirst();
        assertTensor(second, five, 0, 0, 2, 0, 0);
        double[] mixed = tape.gradient(first, exponent).toDoubles();
        assertArrayEquals(new double[] {0.5, 1 + Math.log(3)}, new double[] {mixed[3], mixed[4]}, 1e-12);
    }
}
