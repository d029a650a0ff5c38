package dev.backlight.kernels.sweep;

import static dev.backlight.engine.shape.DType.F32;
import static dev.backlight.engine.shape.DType.F64;
import static dev.backlight.engine.shape.DType.I64;

import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.shape.DType;
import dev.backlight.kernels.sweep.SweepCase.Bound;
import java.util.List;

/** Cases of other kinds in F64, where rounding hides no mistake, and in I64. */
final class OtherTypes {
    private static final Kind.Generator[] KINDS = {
        Elements::unary,
        Elements::binary,
        Elements::select,
        Elements::channelAffine,
        Elements::learnedRule,
        Sums::reduction,
        Sums::channelDot,
        Moves::movement,
        Moves::indexing,
        Windows::maxIndices,
        Windows::sum,
        Windows::sumAdjoint,
        Composites::chain,
        Moves::scatteredPlanes,
        Sums::tallSum
    };

    private OtherTypes() {}

    static SweepCase draw(Draw draw, int index) {
        SweepCase one = draw.inTurn(index, KINDS).draw(draw, index / KINDS.length);
        DType type = index / KINDS.length % 3 == 0 && isExactInIntegers(one.primitive()) ? I64 : F64;
        List<DeviceArray> inputs =
                one.inputs().stream().map(array -> converted(array, type)).toList();
        DType out = one.dtype() == F32 ? type : one.dtype();
        return new SweepCase(
                one.primitive(), out, one.out(), out == F64 ? bound(one.primitive()) : Bounds.EXACT, inputs);
    }

    private static DeviceArray converted(DeviceArray array, DType type) {
        return array.dtype() == F32 ? Bounds.of(type, array, Draw.read(array)) : array;
    }

    /** Relative to the result where it is one function's, else to the magnitude of what is added. */
    private static Bound bound(Primitive primitive) {
        return switch (primitive) {
            case Primitive.Unary _, Primitive.Binary _ -> Bounds.near(4e-15, 1e-300);
            case Primitive.LearnedRule _ -> Bounds.near(2e-15, 2e-14);
            case Primitive.ScatterAddElements _ -> Bounds.terms(2000);
            default -> Bounds.terms(64);
        };
    }

    /** Rounded toward zero, a power that misses an integer by its last digit would be another integer. */
    private static boolean isExactInIntegers(Primitive primitive) {
        return switch (primitive) {
            case Primitive.Unary unary -> unary.function() != UnaryFunction.POWER;
            case Primitive.Binary binary -> binary.function() != BinaryFunction.POWER;
            case Primitive.LearnedRule _ -> false;
            default -> true;
        };
    }
}
