package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.op.Constants;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Resize and Upsample, nearest, linear or cubic, in every way to align the two grids. One axis after the other: an axis is
 * resized by taking elements at computed positions, which is differentiable as it stands.
 */
final class Resizing {
    private static final double CUBIC_SLOPE = -0.75;

    private Resizing() {}

    static void register(OperatorRegistry.Builder to) {
        to.since(7, "Upsample", at -> asymmetric(at, scales(at, -1)))
                .since(9, "Upsample", at -> asymmetric(at, scales(at, 1)), 1)
                .since(10, "Resize", at -> asymmetric(at, scales(at, 1)), 1)
                .since(11, "Resize", Resizing::resized, 1, 2, 3);
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
        String alignment = at.attributes().text("coordinate_transformation_mode", "half_pixel");
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
        boolean isCrop = alignment.equals("tf_crop_and_resize");
        double[] parts = isCrop ? at.constant(1).doubles() : new double[0];
        if (isCrop && parts.length != 2 * axes.length) {
            throw at.unsupported("needs the start and end of the part along each of " + axes.length + " axes");
        }
        double common = sizes == null ? 0 : commonScale(at, shape, axes, sizes);
        Tensor result = x;
        for (int i = 0; i < axes.length; i++) {
            int from = shape.size(axes[i]);
            double scale = sizes == null ? scales[i] : common > 0 ? common : (double) sizes.longAt(i) / from;
            int to = Limits.elements(
                    sizes == null
                            ? (long) Math.floor(from * scale)
                            : common > 0 ? (long) Math.floor(from * common + 0.5) : sizes.longAt(i));
            double start = isCrop ? parts[i] : 0;
            double end = isCrop ? parts[i + axes.length] : 1;
            boolean isSame = to == from && scale == 1 && start == 0 && end == 1;
            ResizedAxis axis = new ResizedAxis(from, to, scale, alignment, start, end);
            result = isSame ? result : alongOne(at, result, shape.axis(axes[i]), axis, rounding);
        }
        return result;
    }

    /** The scale of all axes where their proportions stay: the smallest or largest that the sizes ask for; otherwise 0. */
    private static double commonScale(Invocation at, Shape shape, int[] axes, NamedArray sizes) {
        DoubleStream asked =
                IntStream.range(0, axes.length).mapToDouble(i -> (double) sizes.longAt(i) / shape.size(axes[i]));
        return switch (at.attributes().text("keep_aspect_ratio_policy", "stretch")) {
            case "stretch" -> 0;
            case "not_larger" -> asked.min().orElse(0);
            case "not_smaller" -> asked.max().orElse(0);
            default -> throw at.unsupported("the policy of the aspect ratio is not one of ONNX's");
        };
    }

    private static Tensor alongOne(Invocation at, Tensor x, int axis, ResizedAxis resizing, String rounding) {
        double slope = at.attributes().real("cubic_coeff_a", CUBIC_SLOPE);
        boolean excludeOutside = at.attributes().flag("exclude_outside", false);
        boolean smooths = at.attributes().flag("antialias", false) && resizing.scale() < 1;
        Tensor resized = switch (at.attributes().text("mode", "nearest")) {
            case "nearest" -> Indexing.take(x, axis, resizing.nearest(rounding));
            case "linear", "bilinear" ->
                smooths
                        ? product(x, axis, resizing.smoothed(ResizedAxis::triangle, 1, excludeOutside))
                        : combined(x, axis, resizing.linear());
            case "cubic" ->
                smooths
                        ? product(x, axis, resizing.smoothed(d -> ResizedAxis.cubic(d, slope), 2, excludeOutside))
                        : combined(x, axis, resizing.cubic(slope, excludeOutside));
            default -> throw at.unsupported("mode " + at.attributes().text("mode", "") + " is not one of ONNX's");
        };
        boolean[] outside = new boolean[resizing.size()];
        boolean hasOutside = false;
        for (int i = 0; i < outside.length; i++) {
            outside[i] = resizing.isOutside(i);
            hasOutside |= outside[i];
        }
        return hasOutside
                ? extrapolated(resized, axis, outside, at.attributes().real("extrapolation_value", 0))
                : resized;
    }

    /** Every vector along an axis multiplied by a matrix with a row per element of the result. */
    private static Tensor product(Tensor x, int axis, double... matrix) {
        int[] sizes = x.shape().sizes();
        int from = sizes[axis];
        int to = matrix.length / Math.max(1, from);
        Shape outer = Shape.of(Arrays.copyOf(sizes, axis));
        Shape inner = Shape.of(Arrays.copyOfRange(sizes, axis + 1, sizes.length));
        Tensor stack = Ops.reshape(x, Shape.of((int) outer.elements(), from, (int) inner.elements()));
        Tensor resized = Ops.matmul(Constants.of(x, Shape.of(to, from), matrix), stack);
        return Ops.reshape(resized, x.shape().with(axis, to));
    }

    private static Tensor combined(Tensor x, int axis, ResizedAxis.Taps taps) {
        Tensor sum = null;
        for (int tap = 0; tap < taps.sources().length; tap++) {
            Tensor part = mul(Indexing.take(x, axis, taps.sources()[tap]), column(x, axis, taps.weights()[tap]));
            sum = sum == null ? part : add(sum, part);
        }
        return sum == null ? x : sum;
    }

    private static Tensor extrapolated(Tensor x, int axis, boolean[] outside, double value) {
        double[] mask = new double[outside.length];
        Arrays.setAll(mask, i -> outside[i] ? 1 : 0);
        return Ops.where(column(x, axis, mask), Tensor.full(x.backend(), x.dtype(), Shape.scalar(), value), x);
    }

    /** Numbers along one axis. */
    private static Tensor column(Tensor like, int axis, double... values) {
        int[] sizes = new int[like.shape().rank() - axis];
        Arrays.fill(sizes, 1);
        sizes[0] = values.length;
        return Constants.of(like, Shape.of(sizes), values);
    }
}
