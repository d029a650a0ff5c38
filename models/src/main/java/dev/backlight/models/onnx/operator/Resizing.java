package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Resize and Upsample, nearest or linear, in every way to align the two grids. One axis after the other: an axis is
 * resized by taking elements at computed positions, which is differentiable as it stands.
 */
final class Resizing {
    private Resizing() {}

    static void register(OperatorRegistry.Builder to) {
        to.since(7, "Upsample", at -> asymmetric(at, scales(at, -1)))
                .since(9, "Upsample", at -> asymmetric(at, scales(at, 1)), 1)
                .since(10, "Resize", at -> asymmetric(at, scales(at, 1)), 1)
                .since(11, "Resize", Resizing::resized, 1, 2, 3);
    }

    /** How an axis is resized: to {@code size} elements, each {@code 1/scale} apart. */
    private record Axis(int from, int size, double scale, String alignment, String rounding) {
        /** Where an element of the result lies on the original axis. */
        double position(int i) {
            return switch (alignment) {
                case "half_pixel" -> (i + 0.5) / scale - 0.5;
                case "half_pixel_symmetric" -> {
                    double adjustment = size / (scale * from);
                    yield from / 2.0 * (1 - adjustment) + (i + 0.5) / scale - 0.5;
                }
                case "pytorch_half_pixel" -> size > 1 ? (i + 0.5) / scale - 0.5 : 0;
                // The length before it is rounded down, as ONNX's own tests have it.
                case "align_corners" -> size > 1 ? i * (from - 1.0) / (scale * from - 1) : 0;
                default -> i / scale;
            };
        }

        int nearest(int i) {
            double position = position(i);
            double rounded = switch (rounding) {
                case "floor" -> Math.floor(position);
                case "ceil" -> Math.ceil(position);
                case "round_prefer_ceil" -> Math.floor(position + 0.5);
                default -> Math.ceil(position - 0.5);
            };
            return inside((int) rounded);
        }

        int inside(int index) {
            return Math.clamp(index, 0, from - 1);
        }
    }

    private static double[] scales(Invocation at, int input) {
        List<Double> stated = at.attributes().reals("scales").orElse(List.of());
        return input < 0
                ? stated.stream().mapToDouble(Double::doubleValue).toArray()
                : at.constant(input).doubles();
    }

    /** Before version 11 there was one way: positions i/scale, rounded down. */
    private static Tensor asymmetric(Invocation at, double[] scales) {
        return resized(at, scales, null, "asymmetric", "floor");
    }

    private static Tensor resized(Invocation at) {
        if (at.attributes().flag("antialias", false)
                || !at.attributes().text("keep_aspect_ratio_policy", "stretch").equals("stretch")) {
            throw at.unsupported("antialiasing and keeping the aspect ratio are not supported");
        }
        String alignment = at.attributes().text("coordinate_transformation_mode", "half_pixel");
        if (alignment.equals("tf_crop_and_resize") || alignment.equals("tf_half_pixel_for_nn")) {
            throw at.unsupported("coordinate_transformation_mode " + alignment + " is not supported");
        }
        String rounding = at.attributes().text("nearest_mode", "round_prefer_floor");
        NamedArray sizes = at.has(3) ? at.constant(3) : null;
        double[] scales = sizes == null ? at.constant(2).doubles() : new double[0];
        return resized(at, scales, sizes, alignment, rounding);
    }

    private static Tensor resized(
            Invocation at, double[] scales, @Nullable NamedArray sizes, String alignment, String rounding) {
        Tensor x = at.tensor(0);
        Shape shape = x.shape();
        int[] axes = at.attributes()
                .integers("axes")
                .orElseGet(() -> IntStream.range(0, shape.rank()).toArray());
        int stated = sizes == null ? scales.length : sizes.size();
        if (stated != axes.length) {
            throw at.unsupported("needs one scale or size for each of " + axes.length + " axes, but found " + stated);
        }
        Tensor result = x;
        for (int i = 0; i < axes.length; i++) {
            int from = shape.size(axes[i]);
            int to = sizes == null ? (int) Math.floor(from * scales[i]) : Math.toIntExact(sizes.longAt(i));
            double scale = sizes == null ? scales[i] : (double) to / from;
            boolean isSame = to == from && scale == 1;
            Axis axis = new Axis(from, to, scale, alignment, rounding);
            result = isSame ? result : alongOne(at, result, shape.axis(axes[i]), axis);
        }
        return result;
    }

    private static Tensor alongOne(Invocation at, Tensor x, int axis, Axis resizing) {
        return switch (at.attributes().text("mode", "nearest")) {
            case "nearest" ->
                Indexing.take(
                        x,
                        axis,
                        IntStream.range(0, resizing.size())
                                .map(resizing::nearest)
                                .toArray());
            case "linear", "bilinear" -> linear(at, x, axis, resizing);
            default ->
                throw at.unsupported(
                        "mode " + at.attributes().text("mode", "") + " is not supported, only nearest and linear");
        };
    }

    /** Between the two neighbours in proportion; beyond the ends the outermost element. */
    private static Tensor linear(Invocation at, Tensor x, int axis, Axis resizing) {
        int[] low = new int[resizing.size()];
        int[] high = new int[resizing.size()];
        double[] share = new double[resizing.size()];
        for (int i = 0; i < low.length; i++) {
            double position = resizing.position(i);
            int below = (int) Math.floor(position);
            low[i] = resizing.inside(below);
            high[i] = resizing.inside(below + 1);
            share[i] = position - below;
        }
        int[] column = new int[x.shape().rank() - axis];
        Arrays.fill(column, 1);
        column[0] = low.length;
        double[] rest = Arrays.stream(share).map(part -> 1 - part).toArray();
        return add(
                mul(Indexing.take(x, axis, low), weights(at, x, Shape.of(column), rest)),
                mul(Indexing.take(x, axis, high), weights(at, x, Shape.of(column), share)));
    }

    private static Tensor weights(Invocation at, Tensor like, Shape shape, double[] values) {
        Tensor wide = at.upload(NamedArray.of("weights", shape, values));
        return Ops.cast(wide, like.dtype());
    }
}
