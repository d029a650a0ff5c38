package dev.backlight.engine.check;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Compares gradients with central differences, in double, on the reference backend unless another is named. Order 1 contracts
 * the function with a random signal r; order 2 contracts that gradient with random directions and differentiates again, in the
 * inputs and in r, once on one tape and once with r on a tape of its own, as the parameters of a learned rule are.
 */
public final class GradientCheck {
    private static final double STEP = 1e-5;
    /** Small inputs are varied element by element, larger ones along this many random directions. */
    private static final int DIRECTIONS = 24;

    private final OpSample sample;
    private final Backend backend;
    private final Random random = new Random(7);

    private GradientCheck(OpSample sample, Backend backend) {
        this.sample = sample;
        this.backend = backend;
    }

    /**
     * Checks first derivatives.
     *
     * @throws AssertionError naming the sample, input, direction, expected and found derivative of the first mismatch
     */
    public static void first(OpSample sample) {
        first(sample, new ReferenceBackend());
    }

    /** Checks first derivatives on another backend than the reference. */
    public static void first(OpSample sample, Backend backend) {
        new GradientCheck(sample, backend).checkFirst();
    }

    /** Checks second derivatives; throws as {@link #first} does. */
    public static void second(OpSample sample) {
        second(sample, new ReferenceBackend());
    }

    /** Checks second derivatives on another backend than the reference. */
    public static void second(OpSample sample, Backend backend) {
        new GradientCheck(sample, backend).checkSecond();
    }

    private void checkFirst() {
        List<Tensor> inputs = sample.on(backend, DType.F64);
        double[] signal = normal(sample.function().apply(inputs).shape().elements());
        List<Tensor> gradients = gradient(inputs, signal);
        Function<List<Tensor>, double[]> function =
                point -> sample.function().apply(point).toDoubles();
        for (int i = 0; i < inputs.size(); i++) {
            if (!sample.inputs().get(i).isIndex()) {
                compare("order 1, input " + i, function, signal, inputs, i, gradients.get(i));
            }
        }
    }

    private void checkSecond() {
        List<Tensor> inputs = new ArrayList<>(sample.on(backend, DType.F64));
        Shape output = sample.function().apply(inputs).shape();
        Tensor signal = Tensor.of(backend, output, normal(output.elements()));
        List<double[]> directions =
                inputs.stream().map(x -> normal(x.shape().elements())).toList();
        List<Tensor> second = secondGradient(inputs, signal, directions);
        double[] flat = concatenated(directions);
        for (int i = 0; i < inputs.size(); i++) {
            if (!sample.inputs().get(i).isIndex()) {
                compare("order 2, input " + i, p -> gradients(p, signal), flat, inputs, i, second.get(i));
            }
        }
        List<Tensor> signals = List.of(signal);
        Function<List<Tensor>, double[]> inSignal = s -> gradients(inputs, s.getFirst());
        compare("order 2, upstream signal", inSignal, flat, signals, 0, second.getLast());
        Tensor separate = gradientInSignal(inputs, signal, directions);
        compare("order 2, upstream signal on a tape of its own", inSignal, flat, signals, 0, separate);
    }

    /** Compares the contraction with {@code weights} of the function's change along directions in one input. */
    private void compare(
            String what,
            Function<List<Tensor>, double[]> function,
            double[] weights,
            List<Tensor> point,
            int input,
            Tensor gradient) {
        double[] analytic = gradient.toDoubles();
        double scale = Math.max(1, Arrays.stream(analytic).map(Math::abs).max().orElse(0));
        int elements = analytic.length;
        boolean isSmall = elements <= DIRECTIONS;
        for (int k = 0; k < (isSmall ? elements : DIRECTIONS); k++) {
            double[] direction = isSmall ? unit(elements, k) : normal(elements);
            double[] above = function.apply(shifted(point, input, direction, STEP));
            double[] below = function.apply(shifted(point, input, direction, -STEP));
            double expected = 0;
            for (int j = 0; j < weights.length; j++) {
                expected += weights[j] * (above[j] - below[j]) / (2 * STEP);
            }
            double found = 0;
            for (int j = 0; j < elements; j++) {
                found += analytic[j] * direction[j];
            }
            double allowed = sample.tolerance() * Math.max(scale, Math.abs(expected));
            if (!(Math.abs(expected - found) <= allowed)) {
                throw new AssertionError("the gradient of " + sample.name() + " is wrong at " + what + " of shape "
                        + gradient.shape() + ", " + (isSmall ? "element " : "random direction ") + k
                        + ": differences give " + expected + ", the gradient " + found + " (allowed error " + allowed
                        + ")");
            }
        }
    }

    private List<Tensor> gradient(List<Tensor> inputs, double[] signal) {
        Tape tape = new Tape();
        List<Tensor> watched = inputs.stream().map(tape::watch).toList();
        Tensor output = sample.function().apply(watched);
        requireRecorded(output, tape);
        return tape.gradient(output, Tensor.of(backend, output.shape(), signal), watched, Walk.PLAIN);
    }

    /** All inputs' gradients one after the other, for a constant signal; indices contribute zeros. */
    private double[] gradients(List<Tensor> inputs, Tensor signal) {
        return concatenated(gradient(inputs, signal.toDoubles()).stream()
                .map(Tensor::toDoubles)
                .toList());
    }

    /** The gradient of Σ direction·gradient in all inputs and, last, in the signal. */
    private List<Tensor> secondGradient(List<Tensor> inputs, Tensor signal, List<double[]> directions) {
        Tape tape = new Tape();
        List<Tensor> watched = inputs.stream().map(tape::watch).toList();
        Tensor r = tape.watch(signal);
        Tensor output = sample.function().apply(watched);
        List<Tensor> gradients = tape.gradient(output, r, watched, Walk.PLAIN.recorded());
        List<Tensor> wrt = new ArrayList<>(watched);
        wrt.add(r);
        Tensor contraction = contraction(gradients, directions);
        if (contraction.tape() == null) {
            return wrt.stream().map(GradientCheck::zeros).toList();
        }
        return tape.gradient(contraction, wrt, Walk.PLAIN);
    }

    private Tensor gradientInSignal(List<Tensor> inputs, Tensor signal, List<double[]> directions) {
        Tape forward = new Tape();
        List<Tensor> watched = inputs.stream().map(forward::watch).toList();
        Tensor output = sample.function().apply(watched);
        Tape tape = new Tape();
        Tensor r = tape.watch(signal);
        Tensor contraction = contraction(forward.gradient(output, r, watched, Walk.PLAIN), directions);
        return contraction.tape() == null ? zeros(r) : tape.gradient(contraction, r);
    }

    private Tensor contraction(List<Tensor> gradients, List<double[]> directions) {
        Tensor total = Tensor.full(backend, DType.F64, Shape.scalar(), 0);
        for (int i = 0; i < gradients.size(); i++) {
            if (gradients.get(i).dtype().isFloating()) {
                Tensor direction = Tensor.of(backend, gradients.get(i).shape(), directions.get(i));
                total = Ops.add(total, Ops.sum(Ops.mul(gradients.get(i), direction)));
            }
        }
        return total;
    }

    private void requireRecorded(Tensor output, Tape tape) {
        boolean isApplied =
                tape.applications().stream().anyMatch(application -> sample.op().isInstance(application.op()));
        if (!isApplied || output.tape() != tape) {
            throw new AssertionError("the sample " + sample.name() + " leaves no application of "
                    + sample.op().getSimpleName() + " on the tape");
        }
    }

    private List<Tensor> shifted(List<Tensor> point, int input, double[] direction, double step) {
        List<Tensor> moved = new ArrayList<>(point);
        double[] values = point.get(input).toDoubles();
        for (int j = 0; j < values.length; j++) {
            values[j] += step * direction[j];
        }
        moved.set(input, Tensor.of(backend, point.get(input).shape(), values));
        return moved;
    }

    private double[] normal(long count) {
        return IntStream.range(0, (int) count)
                .mapToDouble(i -> random.nextGaussian())
                .toArray();
    }

    private static double[] unit(int length, int at) {
        double[] direction = new double[length];
        direction[at] = 1;
        return direction;
    }

    private static Tensor zeros(Tensor like) {
        return Tensor.full(like.backend(), like.dtype(), like.shape(), 0);
    }

    private static double[] concatenated(List<double[]> parts) {
        return parts.stream().flatMapToDouble(Arrays::stream).toArray();
    }
}
