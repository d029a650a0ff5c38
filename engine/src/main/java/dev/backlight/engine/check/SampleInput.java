package dev.backlight.engine.check;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * Numbers for one operand of a sample, the same for every backend and type.
 *
 * @param isIndex whether they are I64 indices, which no gradient reaches
 */
public record SampleInput(Shape shape, double[] values, boolean isIndex) {
    /** Uniform on [low, high). */
    public static SampleInput uniform(double low, double high, int... sizes) {
        Shape shape = Shape.of(sizes);
        Random random = new Random(shape.hashCode() + Double.hashCode(low));
        double[] values = new double[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = low + (high - low) * random.nextDouble();
        }
        return new SampleInput(shape, values, false);
    }

    /** Uniform on [−2, 2), no nearer to any kink than 0.05. */
    public static SampleInput smooth(int[] sizes, double... kinks) {
        return uniform(-2, 2, sizes).map(x -> {
            for (double kink : kinks) {
                if (Math.abs(x - kink) < 0.05) {
                    return x < kink ? kink - 0.1 : kink + 0.1;
                }
            }
            return x;
        });
    }

    /** Distinct numbers around 0 in random order, at least 0.1 apart, so that no maximum changes hands. */
    public static SampleInput distinct(int... sizes) {
        Shape shape = Shape.of(sizes);
        int count = (int) shape.elements();
        double[] values = new double[count];
        Random random = new Random(count);
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            values[i] = values[j];
            values[j] = 0.1 * (i - count / 2) + 0.03;
        }
        return new SampleInput(shape, values, false);
    }

    /** Exactly these. */
    public static SampleInput of(Shape shape, double... values) {
        return new SampleInput(shape, values, false);
    }

    /** I64 indices. */
    public static SampleInput indices(Shape shape, long... values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return new SampleInput(shape, wide, true);
    }

    public SampleInput map(DoubleUnaryOperator function) {
        double[] mapped = new double[values.length];
        for (int i = 0; i < mapped.length; i++) {
            mapped[i] = function.applyAsDouble(values[i]);
        }
        return new SampleInput(shape, mapped, isIndex);
    }

    /** The numbers on a backend; indices stay I64. */
    public Tensor on(Backend backend, DType dtype) {
        return switch (isIndex ? DType.I64 : dtype) {
            case F64 -> Tensor.of(backend, shape, values);
            case F32 -> {
                float[] narrow = new float[values.length];
                for (int i = 0; i < narrow.length; i++) {
                    narrow[i] = (float) values[i];
                }
                yield Tensor.of(backend, shape, narrow);
            }
            case I64 -> {
                long[] whole = new long[values.length];
                for (int i = 0; i < whole.length; i++) {
                    whole[i] = (long) values[i];
                }
                yield Tensor.of(backend, shape, whole);
            }
        };
    }
}
