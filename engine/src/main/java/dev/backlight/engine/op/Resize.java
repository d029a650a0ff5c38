package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.stream.IntStream;

/**
 * Images {@code N×C×H×W} brought to another size. Rows and columns are resampled one after the other, by constant indices
 * or a constant matrix each.
 */
public final class Resize {
    /** Where output pixel i of m lies among n input pixels (ONNX's coordinate transformation modes). */
    public enum Corners {
        /** (i + ½)·n/m − ½: pixels are areas. PyTorch without {@code align_corners}. */
        HALF_PIXEL,
        /** i·(n − 1)/(m − 1): corner pixels meet. PyTorch with {@code align_corners}. */
        ALIGN_CORNERS,
        /** i·n/m: pixels are points. PyTorch's {@code nearest}, with {@link Rounding#FLOOR}. */
        ASYMMETRIC;

        double source(int i, int from, int to) {
            return switch (this) {
                case HALF_PIXEL -> ((2L * i + 1) * from - to) / (2.0 * to);
                case ALIGN_CORNERS -> to == 1 ? 0 : (double) ((long) i * (from - 1)) / (to - 1);
                case ASYMMETRIC -> (double) ((long) i * from) / to;
            };
        }
    }

    /** Which neighbour a coordinate between two pixels takes (ONNX's nearest modes). */
    public enum Rounding {
        FLOOR,
        CEIL,
        /** To the nearest, halves down. */
        PREFER_FLOOR,
        /** To the nearest, halves up. */
        PREFER_CEIL;

        double apply(double coordinate) {
            return switch (this) {
                case FLOOR -> Math.floor(coordinate);
                case CEIL -> Math.ceil(coordinate);
                case PREFER_FLOOR -> Math.ceil(coordinate - 0.5);
                case PREFER_CEIL -> Math.floor(coordinate + 0.5);
            };
        }
    }

    private Resize() {}

    /** The nearest pixel for each. */
    public static Tensor nearest(Tensor x, int height, int width, Corners corners, Rounding rounding) {
        requireFit(x.shape(), height, width);
        Tensor rows = Shapes.take(x, 2, nearest(x.shape().size(2), height, corners, rounding));
        return Shapes.take(rows, 3, nearest(x.shape().size(3), width, corners, rounding));
    }

    /** Linear interpolation between the four pixels around; beyond the outermost pixels their value continues. */
    public static Tensor bilinear(Tensor x, int height, int width, Corners corners) {
        requireFit(x.shape(), height, width);
        Tensor rows = linear(x, x.shape().size(2), height, corners);
        Tensor columns = Ops.transpose(linear(x, x.shape().size(3), width, corners), 1, 0);
        return Ops.matmul(rows, Ops.matmul(x, columns));
    }

    private static int[] nearest(int from, int to, Corners corners, Rounding rounding) {
        return IntStream.range(0, to)
                .map(i -> (int) Math.clamp(rounding.apply(corners.source(i, from, to)), 0.0, from - 1.0))
                .toArray();
    }

    /** {@code to × from}: each row holds the weights of the two pixels around its coordinate. */
    private static Tensor linear(Tensor like, int from, int to, Corners corners) {
        double[] weights = new double[to * from];
        for (int i = 0; i < to; i++) {
            double coordinate = Math.clamp(corners.source(i, from, to), 0.0, from - 1.0);
            int lower = (int) coordinate;
            int upper = Math.min(lower + 1, from - 1);
            weights[i * from + lower] += 1 - (coordinate - lower);
            weights[i * from + upper] += coordinate - lower;
        }
        return Constants.of(like, Shape.of(to, from), weights);
    }

    private static void requireFit(Shape x, int height, int width) {
        if (x.rank() != 4 || x.elements() == 0 || height < 1 || width < 1) {
            throw new ShapeException("resize to " + height + "×" + width
                    + " needs images N×C×H×W and a positive size, but found shape " + x);
        }
    }
}
