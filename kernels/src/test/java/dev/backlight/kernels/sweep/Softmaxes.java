package dev.backlight.kernels.sweep;

import static dev.backlight.engine.shape.DType.F32;
import static dev.backlight.engine.shape.DType.F64;

import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.sweep.SweepCase.Bound;
import java.util.Arrays;

/** Softmax and its logarithm along any axis of ranks 1 to 5, of rows short, long and empty. */
final class Softmaxes {
    private static final double INFINITY = Double.POSITIVE_INFINITY;
    private static final double[] MASKED = {-INFINITY};
    private static final double[] LARGE = {1e30, -1e30, Float.MAX_VALUE, -Float.MAX_VALUE, 0};
    private static final double[] SPECIAL = {-INFINITY, INFINITY, Double.NaN, 88.7, -104, 1e30};

    private Softmaxes() {}

    static SweepCase draw(Draw draw, int index) {
        Shape shape = shape(draw, index);
        boolean logarithm = draw.oneIn(2);
        DType dtype = draw.oneIn(5) ? F64 : F32;
        return new SweepCase(
                new Primitive.Softmax(index % shape.rank(), logarithm),
                dtype,
                shape,
                logarithm ? logarithms(dtype) : quotients(dtype),
                draw.array(dtype, shape, values(draw, (int) shape.elements())));
    }

    private static Shape shape(Draw draw, int index) {
        int rank = 1 + index % 5;
        return switch (draw.from(0, 9)) {
            case 0 -> Shape.of(draw.from(1, 4), draw.from(200, 1500));
            case 1 -> Shape.of(draw.from(1, 3), draw.from(1500, 9000));
            case 2 -> Shape.of(draw.from(500, 2000), draw.from(2, 40));
            case 3 -> Shape.of(draw.from(1, 3), draw.from(2, 80), draw.from(9, 100));
            case 4 -> draw.shape(rank, 6).with(draw.from(0, rank - 1), 0);
            default -> draw.shape(rank, rank < 3 ? 60 : 9);
        };
    }

    /** Near to each other or far, with none, some or nothing but special numbers among them. */
    private static double[] values(Draw draw, int count) {
        double range = draw.oneOf(1.0, 8.0, 80.0, 300.0);
        double[] special = draw.oneOf(MASKED, LARGE, SPECIAL);
        int chances = draw.oneOf(0, 0, 40, 3, 1);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            boolean isSpecial = chances > 0 && draw.oneIn(chances);
            values[i] = isSpecial
                    ? special[draw.from(0, special.length - 1)]
                    : draw.random().nextDouble(-range, range);
        }
        return values;
    }

    /** Differences are rounded before the exponential is taken; a result may be rounded to a subnormal number twice. */
    private static Bound quotients(DType dtype) {
        double epsilon = rounding(dtype);
        double least = dtype == F64 ? 4 * Double.MIN_VALUE : 4 * (double) Float.MIN_VALUE;
        return (one, expected) -> Arrays.stream(expected)
                .map(y -> y > 0 ? epsilon * y * (12 - 2 * Math.log(y)) + least : least)
                .toArray();
    }

    /** The logarithm of a sum from 1 on is off by what the sum is, relative to it. */
    private static Bound logarithms(DType dtype) {
        double epsilon = rounding(dtype);
        return (one, expected) -> Arrays.stream(expected)
                .map(y -> epsilon * (12 + 3 * Math.abs(y)))
                .toArray();
    }

    /** Of one result, and in F64 of the reference's as well, which is then no better. */
    private static double rounding(DType dtype) {
        return (dtype == F64 ? 2 : 1) * Bounds.epsilon(dtype);
    }
}
