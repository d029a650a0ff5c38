package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.transpose;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Constants;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Take;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.models.onnx.operator.SampledAxis.Taps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Images read at the positions of a grid, as spatial transformers do (Jaderberg et al. 2015), and the grids of affine maps.
 * Each position is a weighted sum of its neighbours' elements, differentiable in the images and in the grid.
 */
final class GridSampling {
    private GridSampling() {}

    static void register(OperatorRegistry.Builder to) {
        to.since(16, "GridSample", GridSampling::sampled).since(20, "AffineGrid", GridSampling::affine, 1);
    }

    /** x is {@code N×C×(D×)H×W}, the grid {@code N×(D'×)H'×W'×axes} with the innermost axis first, from −1 to 1. */
    private static Tensor sampled(Invocation at) {
        Tensor x = at.tensor(0);
        Tensor grid = at.tensor(1);
        int axes = x.shape().rank() - 2;
        boolean fits = axes >= 1
                && grid.shape().rank() == axes + 2
                && grid.shape().size(-1) == axes
                && grid.shape().size(0) == x.shape().size(0);
        if (!fits) {
            throw new ShapeException("a grid of shape " + grid.shape() + " does not fit images of shape " + x.shape());
        }
        int[] outer = Arrays.copyOf(grid.shape().sizes(), axes + 1);
        int count = Limits.elements(Shape.of(outer).elements());
        Tensor positions = reshape(grid, Shape.of(count, axes));
        List<List<Taps>> perAxis = new ArrayList<>();
        for (int axis = 0; axis < axes; axis++) {
            SampledAxis sampled = SampledAxis.of(at, x.shape().size(axis + 2));
            perAxis.add(sampled.taps(Ops.slice(positions, 1, axes - 1 - axis, axes - axis)));
        }
        return arranged(combined(rows(x), perAxis, x.shape(), count), outer);
    }

    /** A row of channels per element of all images. */
    private static Tensor rows(Tensor x) {
        Shape shape = x.shape();
        int channels = shape.size(1);
        return reshape(transpose(x, order(shape.rank(), 1)), Shape.of((int) (shape.elements() / channels), channels));
    }

    /** Rows of channels per position as {@code N×C×…}. */
    private static Tensor arranged(Tensor rows, int... outer) {
        int[] sizes = Arrays.copyOf(outer, outer.length + 1);
        sizes[outer.length] = rows.shape().size(1);
        Tensor last = reshape(rows, Shape.of(sizes));
        int[] order = IntStream.range(0, sizes.length)
                .map(axis -> axis == 0 ? 0 : axis == 1 ? sizes.length - 1 : axis - 1)
                .toArray();
        return transpose(last, order);
    }

    /** All axes with one moved to the end. */
    private static int[] order(int rank, int moved) {
        return IntStream.concat(IntStream.range(0, rank).filter(axis -> axis != moved), IntStream.of(moved))
                .toArray();
    }

    /** The sum over all combinations of a neighbour along each axis. */
    private static Tensor combined(Tensor rows, List<List<Taps>> perAxis, Shape x, int count) {
        long each = count / Math.max(1, x.size(0));
        long area = rows.shape().size(0) / Math.max(1, x.size(0));
        long[] images = new long[count];
        Arrays.setAll(images, i -> i / Math.max(1, each) * area);
        List<Taps> all = List.of(new Taps(Tensor.of(rows.backend(), Shape.of(count, 1), images), null));
        for (int axis = 0; axis < perAxis.size(); axis++) {
            long stride = IntStream.range(axis + 3, x.rank()).mapToLong(x::size).reduce(1, (a, b) -> a * b);
            all = crossed(all, perAxis.get(axis), stride);
        }
        Tensor sum = null;
        for (Taps tap : all) {
            Tensor picked = new Take(0).on(rows, reshape(tap.places(), Shape.of(count)));
            Tensor term = tap.weights() == null ? picked : mul(picked, tap.weights());
            sum = sum == null ? term : add(sum, term);
        }
        if (sum == null) {
            throw new IllegalStateException("no neighbour to take from");
        }
        return sum;
    }

    private static List<Taps> crossed(List<Taps> before, List<Taps> axis, long stride) {
        List<Taps> all = new ArrayList<>();
        for (Taps some : before) {
            for (Taps more : axis) {
                Tensor places = add(some.places(), mul(more.places(), (double) stride));
                Tensor weights = some.weights() == null
                        ? more.weights()
                        : more.weights() == null ? some.weights() : mul(some.weights(), more.weights());
                all.add(new Taps(places, weights));
            }
        }
        return all;
    }

    /** The positions that a matrix {@code N×axes×(axes+1)} per image maps the points of a regular grid to. */
    private static Tensor affine(Invocation at) {
        Tensor theta = at.tensor(0);
        long[] size = at.constant(1).longs();
        int axes = size.length - 2;
        boolean fits = theta.shape().rank() == 3
                && axes >= 2
                && theta.shape().size(1) == axes
                && theta.shape().size(2) == axes + 1
                && theta.shape().size(0) == size[0];
        if (!fits) {
            throw new ShapeException("matrices of shape " + theta.shape() + " make no grid for images of shape "
                    + Arrays.toString(size));
        }
        int[] spatial = Arrays.stream(size).skip(2).mapToInt(Math::toIntExact).toArray();
        double[] points = points(spatial, at.attributes().flag("align_corners", false));
        int count = points.length / (axes + 1);
        Tensor base = Constants.of(theta, Shape.of(count, axes + 1), points);
        Tensor mapped = Ops.matmul(base, transpose(theta, 0, 2, 1));
        int[] sizes = new int[axes + 2];
        sizes[0] = theta.shape().size(0);
        System.arraycopy(spatial, 0, sizes, 1, axes);
        sizes[axes + 1] = axes;
        return reshape(mapped, Shape.of(sizes));
    }

    /** Each point's coordinates from −1 to 1, the innermost axis first, and a 1. */
    private static double[] points(int[] spatial, boolean alignCorners) {
        int count = Limits.elements(Shape.of(spatial).elements());
        int axes = spatial.length;
        double[] points = new double[Limits.elements(count, axes + 1L)];
        for (int point = 0; point < count; point++) {
            int rest = point;
            for (int axis = axes - 1; axis >= 0; axis--) {
                int size = spatial[axis];
                int i = rest % size;
                rest /= size;
                double aligned = size > 1 ? 2.0 * i / (size - 1) - 1 : 0;
                points[point * (axes + 1) + axes - 1 - axis] = alignCorners ? aligned : (2.0 * i + 1) / size - 1;
            }
            points[point * (axes + 1) + axes] = 1;
        }
        return points;
    }
}
