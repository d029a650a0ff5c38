package dev.backlight.kernels.sweep;

import static dev.backlight.engine.shape.DType.F32;
import static dev.backlight.engine.shape.DType.F64;
import static dev.backlight.engine.shape.DType.I64;

import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.shape.Shape;

/** What works element by element, broadcasting included, and the learned rule. */
final class Elements {
    /** Relative error of a single operation in F32, functions included. */
    static final double ROUNDING = 3e-7;

    private static final double[] SPECIAL = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        0,
        -0.0,
        1,
        -1,
        0.5,
        1.5,
        2.5,
        -0.5,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        1e-39,
        Float.MIN_NORMAL,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        1e-20,
        88.7,
        88.8,
        -87,
        -103,
        -104,
        -105,
        89,
        0.625,
        0.6249,
        4.2,
        1e-8,
        -1e-8,
        1e-4,
        1.0000001,
        0.9999999,
        1.4142135
    };

    private Elements() {}

    /** First each function at the ends and breaks of what functions do, then of long and of shaped arrays. */
    static SweepCase unary(Draw draw, int index) {
        UnaryFunction function = draw.inTurn(index, UnaryFunction.values());
        Primitive primitive = new Primitive.Unary(function, 0.75, 1.25);
        double range = draw.oneOf(1e-3, 1.0, 5.0, 40.0, 200.0);
        DeviceArray x = switch (index / UnaryFunction.values().length) {
            case 0 -> draw.array(F32, Shape.of(SPECIAL.length), SPECIAL);
            case 1 -> draw.values(F32, Shape.of(draw.size(20_000)), -range, range);
            case 2 -> draw.values(F32, Shape.of(draw.size(20_000)), 0, range);
            case 3 -> draw.coarse(draw.shape(3, 9));
            default -> draw.values(F32, draw.shape(draw.from(0, 4), 9), -range, range);
        };
        // A result may be subnormal, and is then rounded to a multiple of the smallest number.
        return new SweepCase(primitive, F32, x.shape(), Bounds.near(ROUNDING, 2e-45), x);
    }

    /** Numbers without operands, and conversions. */
    static SweepCase made(Draw draw, int index) {
        Shape shape = draw.shape(3, 30);
        return switch (index % 5) {
            case 0 -> new SweepCase(new Primitive.Fill(0.1), F32, shape, Bounds.EXACT);
            case 1 -> random(Primitive.Distribution.UNIFORM, draw, shape);
            case 2 -> random(Primitive.Distribution.NORMAL, draw, shape);
            case 3 -> new SweepCase(new Primitive.Cast(), F64, shape, Bounds.EXACT, draw.values(F32, shape));
            default -> new SweepCase(new Primitive.ArgMax(1), I64, shape.with(1, 1), Bounds.EXACT, draw.coarse(shape));
        };
    }

    private static SweepCase random(Primitive.Distribution distribution, Draw draw, Shape shape) {
        long seed = draw.random().nextLong();
        return new SweepCase(new Primitive.Random(distribution, seed), F32, shape, Bounds.EXACT);
    }

    static SweepCase binary(Draw draw, int index) {
        BinaryFunction function = draw.inTurn(index, BinaryFunction.values());
        Shape shape = draw.shape(draw.from(0, 5), draw.oneIn(6) ? 20 : 9);
        DeviceArray a = draw.either(draw.oneIn(2) ? shape : draw.stretched(shape));
        DeviceArray b = draw.either(draw.oneIn(2) ? shape : draw.stretched(shape));
        Shape out = a.shape().broadcast(b.shape());
        return new SweepCase(new Primitive.Binary(function), F32, out, Bounds.near(ROUNDING, 0), a, b);
    }

    static SweepCase select(Draw draw, int index) {
        Shape shape = draw.shape(4, 9);
        return new SweepCase(
                new Primitive.Select(),
                F32,
                shape,
                Bounds.EXACT,
                draw.coarse(draw.stretched(shape)),
                draw.values(F32, shape),
                draw.values(F32, draw.stretched(shape)));
    }

    static SweepCase channelAffine(Draw draw, int index) {
        Shape shape = draw.shape(draw.from(2, 4), 20);
        Shape vector = Shape.of(shape.size(1));
        return new SweepCase(
                new Primitive.ChannelAffine(),
                F32,
                shape,
                Bounds.terms(2),
                draw.values(F32, shape),
                draw.values(F32, vector),
                draw.values(F32, vector));
    }

    static SweepCase learnedRule(Draw draw, int index) {
        int order = index % 3;
        Shape shape = draw.shape(4, 9);
        DeviceArray x = draw.either(shape);
        DeviceArray u = draw.either(shape);
        DeviceArray theta = draw.values(F32, shape.insert(0, 3), -6, 6);
        DeviceArray v = draw.values(F32, shape);
        DeviceArray w = draw.values(F32, shape.insert(0, 4));
        Primitive primitive = new Primitive.LearnedRule(order);
        return switch (order) {
            case 0 -> new SweepCase(primitive, F32, shape, Bounds.near(1e-6, 0), x, u, theta);
            case 1 -> new SweepCase(primitive, F32, shape.insert(0, 4), Bounds.near(1e-6, 5e-7), x, u, theta, v);
            default -> new SweepCase(primitive, F32, shape.insert(0, 5), Bounds.near(1e-6, 5e-6), x, u, theta, v, w);
        };
    }
}
