package dev.backlight.kernels.sweep;

import static dev.backlight.engine.shape.DType.F32;
import static dev.backlight.engine.shape.DType.F64;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Primitive.Reduction;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;

/** Matrix products and reductions. */
final class Sums {
    private Sums() {}

    static SweepCase matrixProduct(Draw draw, int index) {
        int batch = draw.oneIn(3) ? 1 : draw.from(1, 5);
        int m = extent(draw);
        int n = extent(draw);
        int k = draw.oneIn(20) ? draw.from(500, 1500) : extent(draw);
        boolean transposeA = draw.oneIn(2);
        boolean transposeB = draw.oneIn(2);
        int batchA = draw.oneIn(3) ? 1 : batch;
        int batchB = batchA == batch && draw.oneIn(3) ? 1 : batch;
        Shape a = Shape.of(batchA, transposeA ? k : m, transposeA ? m : k);
        Shape b = Shape.of(batchB, transposeB ? n : k, transposeB ? k : n);
        DType dtype = draw.oneIn(6) ? F64 : F32;
        return new SweepCase(
                new Primitive.MatMul(transposeA, transposeB),
                dtype,
                Shape.of(Math.max(batchA, batchB), m, n),
                Convolutions.DIRECT,
                draw.values(dtype, a),
                draw.values(dtype, b));
    }

    /** Skinny, small, or of several blocks. */
    private static int extent(Draw draw) {
        return switch (draw.from(0, 7)) {
            case 0 -> 1;
            case 1 -> draw.from(60, 200);
            default -> draw.from(1, 50);
        };
    }

    static SweepCase reduction(Draw draw, int index) {
        Reduction reduction = draw.inTurn(index, Reduction.values());
        Shape shape = draw.shape(draw.from(0, 4), draw.oneIn(6) ? 30 : 9);
        Shape out = shape;
        for (int axis = 0; axis < shape.rank(); axis++) {
            out = draw.oneIn(2) ? out.with(axis, 1) : out;
        }
        DeviceArray x = draw.oneIn(3) ? draw.values(F32, shape, 0, 1) : draw.either(shape);
        return reduction(reduction, x, out);
    }

    /** Sums of one sign, of so many terms that adding them in turn in F32 would lose half of the digits. */
    static SweepCase longSum(Draw draw, int index) {
        int length = 1 << 19;
        Shape shape = index == 2 ? Shape.of(length, 3) : Shape.of(3, length);
        Shape out = index == 0 ? shape.with(1, 1) : index == 1 ? Shape.of(1, 1) : shape.with(0, 1);
        return reduction(Reduction.SUM, draw.values(F32, shape, 0, 1), out);
    }

    /** Down columns so high that the work on one is divided. */
    static SweepCase tallSum(Draw draw, int index) {
        Shape shape = Shape.of(draw.from(2000, 5000), draw.from(8, 40));
        Reduction reduction = draw.inTurn(index, Reduction.values());
        return reduction(reduction, draw.values(F32, shape), shape.with(0, 1));
    }

    /** Of a few wide rows, such as what all images of a batch send back to a parameter they share. */
    static SweepCase wideSum(Draw draw, int index) {
        Shape rows = Shape.of(draw.from(2, 8), draw.from(500, 40_000));
        Shape shape = index % 2 == 0 ? rows : Shape.of(draw.from(2, 4), rows.size(0), rows.size(1) / 4);
        Reduction reduction = draw.inTurn(index, Reduction.values());
        return reduction(reduction, draw.values(F32, shape), shape.with(-2, 1));
    }

    private static SweepCase reduction(Reduction reduction, DeviceArray x, Shape out) {
        Primitive primitive = new Primitive.Reduce(reduction);
        return new SweepCase(primitive, F32, out, reduction == Reduction.SUM ? Bounds.terms(4) : Bounds.EXACT, x);
    }

    static SweepCase channelDot(Draw draw, int index) {
        Shape shape = draw.shape(draw.from(2, 4), 20);
        return new SweepCase(
                new Primitive.ChannelDot(),
                F32,
                Shape.of(shape.size(1)),
                Bounds.terms(4),
                draw.values(F32, shape),
                draw.values(F32, shape));
    }
}
