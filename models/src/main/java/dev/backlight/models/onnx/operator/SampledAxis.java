package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.cast;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sub;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One axis of images that are read at the positions of a grid.
 *
 * @param alignCorners whether −1 and 1 are the centres of the outermost elements rather than their outer edges
 */
record SampledAxis(int size, Mode mode, Padding padding, boolean alignCorners) {
    private static final double CUBIC_SLOPE = -0.75;

    /** What lies between elements. */
    enum Mode {
        NEAREST,
        LINEAR,
        CUBIC
    }

    /** What lies outside. */
    enum Padding {
        ZEROS,
        BORDER,
        REFLECTION
    }

    /**
     * For each position one of the elements that it is a sum of.
     *
     * @param places the element, I64
     * @param weights its share, or null for 1
     */
    record Taps(Tensor places, @Nullable Tensor weights) {}

    static SampledAxis of(Invocation at, int size) {
        // Version 20 has other names for two modes.
        Mode mode = switch (at.attributes().text("mode", "linear")) {
            case "nearest" -> Mode.NEAREST;
            case "bilinear", "linear" -> Mode.LINEAR;
            case "bicubic", "cubic" -> Mode.CUBIC;
            default -> throw at.unsupported("the mode is not one of ONNX's");
        };
        Padding padding = switch (at.attributes().text("padding_mode", "zeros")) {
            case "zeros" -> Padding.ZEROS;
            case "border" -> Padding.BORDER;
            case "reflection" -> Padding.REFLECTION;
            default -> throw at.unsupported("the padding mode is not one of ONNX's");
        };
        return new SampledAxis(size, mode, padding, at.attributes().flag("align_corners", false));
    }

    /** The neighbours of positions from −1 to 1. */
    List<Taps> taps(Tensor grid) {
        Tensor position = alignCorners ? mul(add(grid, 1), (size - 1) / 2.0) : add(mul(add(grid, 1), size / 2.0), -0.5);
        // What lies farther outside is no other than what lies there, and fits an integer.
        Tensor near =
                mode == Mode.CUBIC || padding != Padding.BORDER ? near(position) : Ops.clip(position, 0, size - 1);
        Tensor inside = padding == Padding.REFLECTION ? reflected(near) : near;
        if (mode == Mode.NEAREST) {
            return List.of(tap(Ops.round(inside.detached()), null));
        }
        Tensor below = Ops.floor(inside.detached());
        Tensor fraction = sub(inside, below);
        List<Tensor> weights = mode == Mode.LINEAR ? List.of(sub(1, fraction), fraction) : cubic(fraction);
        List<Taps> taps = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            taps.add(tap(add(below, i + 1.0 - 0.5 * weights.size()), weights.get(i)));
        }
        return taps;
    }

    private Tensor near(Tensor position) {
        return padding == Padding.REFLECTION ? position : Ops.clip(position, -4, size + 4.0);
    }

    /** Thrown back at the outermost centres, or at the outer edges. */
    private Tensor reflected(Tensor position) {
        double low = alignCorners ? 0 : -0.5;
        double span = alignCorners ? size - 1.0 : size;
        if (span == 0) {
            return mul(position, 0);
        }
        Tensor shifted = add(position, -low);
        Tensor times = Ops.floor(mul(shifted.detached(), 1 / span));
        Tensor rest = sub(shifted, mul(times, span));
        Tensor isOdd = sub(times, mul(Ops.floor(mul(times, 0.5)), 2));
        return add(Ops.where(isOdd, sub(span, rest), rest), low);
    }

    private Taps tap(Tensor element, @Nullable Tensor weight) {
        Tensor index = cast(element, DType.I64);
        return switch (padding) {
            case BORDER -> new Taps(bounded(index), weight);
            case REFLECTION -> new Taps(cast(bounded(Ops.round(reflected(element))), DType.I64), weight);
            case ZEROS -> {
                Tensor bounded = bounded(index);
                Tensor isInside = cast(Ops.equal(bounded, index), element.dtype());
                yield new Taps(bounded, weight == null ? isInside : mul(weight, isInside));
            }
        };
    }

    private Tensor bounded(Tensor index) {
        Tensor first = Tensor.full(index.backend(), index.dtype(), Shape.scalar(), 0);
        Tensor last = Tensor.full(index.backend(), index.dtype(), Shape.scalar(), size - 1.0);
        return Ops.minimum(Ops.maximum(index, first), last);
    }

    /** Keys's convolution (1981) of the two neighbours on each side. */
    private static List<Tensor> cubic(Tensor t) {
        return List.of(outer(add(t, 1)), inner(t), inner(sub(1, t)), outer(sub(2, t)));
    }

    private static Tensor inner(Tensor d) {
        Tensor slope = add(mul(d, CUBIC_SLOPE + 2), -(CUBIC_SLOPE + 3));
        return add(mul(mul(slope, d), d), 1);
    }

    private static Tensor outer(Tensor d) {
        Tensor curve = add(mul(add(mul(d, CUBIC_SLOPE), -5 * CUBIC_SLOPE), d), 8 * CUBIC_SLOPE);
        return add(mul(curve, d), -4 * CUBIC_SLOPE);
    }
}
