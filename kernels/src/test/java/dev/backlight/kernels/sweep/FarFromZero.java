package dev.backlight.kernels.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.check.GradientCheck;
import dev.backlight.engine.check.OpSample;
import dev.backlight.engine.check.SampleInput;
import dev.backlight.engine.op.BatchNormTraining;
import dev.backlight.engine.op.Moments;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Training-mode normalisation in F32 of channels whose mean is a thousand deviations. */
public final class FarFromZero {
    private static final Shape SHAPE = Shape.of(4, 3, 9, 11);
    private static final int SIZE = 4 * 3 * 9 * 11;

    /** Of numbers near 1000: half a unit in the last place. */
    private static final double ROUNDING = 1.0 / (1 << 15);

    /** In double, where what remains of a mean's digits is enough to compare gradients of both orders with differences. */
    private static final OpSample SAMPLE = new OpSample(
            "batchNorm, training far from zero",
            BatchNormTraining.class,
            List.of(
                    SampleInput.uniform(98, 102, 3, 2, 2, 3),
                    SampleInput.uniform(0.5, 2, 2),
                    SampleInput.uniform(-1, 1, 2)),
            in -> Neural.batchNormTraining(in.get(0), in.get(1), in.get(2), 1e-3),
            OpSample.TOLERANCE);

    private FarFromZero() {}

    /** Normal with mean 1000 and deviation 1, rounded to F32, and a signal. */
    private static List<double[]> numbers() {
        SplittableRandom random = new SplittableRandom(5);
        double[] x = new double[SIZE];
        double[] u = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            x[i] = (float) (1000 + random.nextGaussian());
            u[i] = (float) random.nextGaussian();
        }
        return List.of(x, u);
    }

    /** Mean, variance, result, the gradients of x, γ and β, and the gradient of x of a product with that of x. */
    private static List<double[]> results(Backend backend, DType type) {
        try (Scope scope = Scope.open()) {
            Tape tape = new Tape();
            Tensor x = tape.watch(tensor(backend, type, SHAPE, numbers().getFirst()));
            Tensor u = tensor(backend, type, SHAPE, numbers().getLast());
            Tensor gamma = tape.watch(tensor(backend, type, Shape.of(3), 0.5, 1, 2));
            Tensor beta = tape.watch(tensor(backend, type, Shape.of(3), -1, 0, 1));
            Moments moments = Neural.moments(x);
            Tensor y = Neural.batchNormTraining(x, gamma, beta, moments, 1e-5);
            List<Tensor> gradients = tape.gradient(y, u, List.of(x, gamma, beta), Walk.PLAIN.recorded());
            List<Tensor> all = new ArrayList<>(List.of(moments.mean(), moments.variance(), y));
            all.addAll(gradients);
            all.add(tape.gradient(Ops.mul(gradients.getFirst(), u), x));
            return all.stream().map(Tensor::toDoubles).toList();
        }
    }

    private static Tensor tensor(Backend backend, DType type, Shape shape, double... values) {
        return Ops.cast(Tensor.of(backend, shape, values), type);
    }

    /** Holds a backend's F64 to differences. */
    public static void checkGradients(Backend backend) {
        try (Scope scope = Scope.open()) {
            GradientCheck.first(SAMPLE, backend);
            GradientCheck.second(SAMPLE, backend);
        }
    }

    /** Holds a backend's F32 to the reference's F64. */
    public static void check(Backend backend) {
        List<double[]> expected = results(new ReferenceBackend(), DType.F64);
        List<double[]> found = results(backend, DType.F32);
        List<String> what = List.of("mean", "variance", "result", "dx", "dgamma", "dbeta", "second gradient");
        // A mean that is off by δ of a deviation moves every normalised number by δ, and Σ u·x̂ by δ·Σ u, which is
        // dbeta.
        double sum = Arrays.stream(expected.get(5)).map(Math::abs).max().orElseThrow();
        double[] bounds = {4 * ROUNDING, 1e-6, 4 * ROUNDING, ROUNDING, 4 * ROUNDING * sum + 1e-5, 1e-5, 2 * ROUNDING};
        for (int i = 0; i < bounds.length; i++) {
            for (int k = 0; k < expected.get(i).length; k++) {
                assertEquals(expected.get(i)[k], found.get(i)[k], bounds[i], what.get(i) + " at " + k);
            }
        }
    }
}
