package dev.backlight.kernels.scalar;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import dev.backlight.kernels.scalar.Product.Job;
import dev.backlight.kernels.scalar.Product.Left;
import dev.backlight.kernels.scalar.Product.Right;
import dev.backlight.kernels.scalar.Product.Target;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Matrix products, convolutions and their gradients as blocked products of implicit matrices. */
final class Products {
    private final Parallel parallel;

    Products(Parallel parallel) {
        this.parallel = parallel;
    }

    private record Matrix(DeviceArray array, int step, int rowStride, int columnStride) {
        int at(int index) {
            return offset(array) + index * step;
        }

        Matrix transposed() {
            return new Matrix(array, step, columnStride, rowStride);
        }
    }

    private static Matrix matrix(DeviceArray array, boolean transposed) {
        int elements = array.shape().size(1) * array.shape().size(2);
        Matrix stored = new Matrix(
                array, array.shape().size(0) == 1 ? 0 : elements, array.shape().size(2), 1);
        return transposed ? stored.transposed() : stored;
    }

    /** A product of few columns is computed as its transpose, whose rows are long. */
    void matMul(Primitive.MatMul product, DeviceArray a, DeviceArray b, DeviceArray out) {
        int m = out.shape().size(1);
        int n = out.shape().size(2);
        int k = a.shape().size(product.transposeA() ? 1 : 2);
        Matrix left = matrix(a, product.transposeA());
        Matrix right = matrix(b, product.transposeB());
        Matrix result = new Matrix(out, m * n, n, 1);
        if (n < m) {
            multiply(out.shape().size(0), n, m, k, right.transposed(), left.transposed(), result.transposed());
        } else {
            multiply(out.shape().size(0), m, n, k, left, right, result);
        }
    }

    private void multiply(int batch, int m, int n, int k, Matrix a, Matrix b, Matrix c) {
        int[] columns = IntStream.range(0, k).map(i -> i * a.columnStride).toArray();
        Product.run(parallel, batch, m, n, k, i -> {
            Right right = (row, from, count, into) -> copy(
                    floats(b.array),
                    b.at(i) + row * b.rowStride + from * b.columnStride,
                    b.columnStride,
                    into,
                    0,
                    count);
            return new Job(
                    new Left(floats(a.array), a.at(i), a.rowStride, columns),
                    right,
                    new Target(floats(c.array), c.at(i), c.rowStride, n, 0, c.columnStride),
                    null,
                    0);
        });
    }

    void convolution(Primitive.Convolution primitive, List<DeviceArray> in, DeviceArray y) {
        DeviceArray x = in.get(0);
        DeviceArray w = in.get(1);
        ConvolutionShape s =
                ConvolutionShape.of(x.shape(), w.shape(), y.shape(), primitive.window(), primitive.groups());
        float[] bias = in.size() == 3 ? floats(in.get(2)) : null;
        int biasAt = in.size() == 3 ? offset(in.get(2)) : 0;
        Taps taps = new Taps(s);
        int depth = s.channelsPerGroup() * s.taps();
        int[] columns = IntStream.range(0, depth).toArray();
        Product.run(parallel, s.batch() * s.groups(), s.filtersPerGroup(), s.outPlane(), depth, i -> {
            int filter = i % s.groups() * s.filtersPerGroup();
            int from = offset(x) + i * s.channelsPerGroup() * s.plane();
            return new Job(
                    new Left(floats(w), offset(w) + filter * depth, depth, columns),
                    (k, first, count, into) ->
                            taps.row(floats(x), from + k / s.taps() * s.plane(), k % s.taps(), first, count, into),
                    plane(y, i * s.filtersPerGroup(), s.outPlane()),
                    bias,
                    biasAt + filter);
        });
    }

    /** Rows of the result are planes, the first of which is {@code plane}. */
    private static Target plane(DeviceArray images, int plane, int size) {
        return new Target(floats(images), offset(images) + plane * size, size, size, 0, 1);
    }

    /** The elements that lie at the same place relative to the strides are one product, of the taps that see them. */
    void inputGradient(Primitive.ConvolutionInputGradient primitive, DeviceArray u, DeviceArray w, DeviceArray dx) {
        ConvolutionShape s =
                ConvolutionShape.of(dx.shape(), w.shape(), u.shape(), primitive.window(), primitive.groups());
        for (int y = 0; y < Math.min(s.window().strideY(), s.height()); y++) {
            for (int x = 0; x < Math.min(s.window().strideX(), s.width()); x++) {
                inputGradient(new Phase(s, y, x), u, w, dx);
            }
        }
    }

    private void inputGradient(Phase phase, DeviceArray u, DeviceArray w, DeviceArray dx) {
        ConvolutionShape s = phase.shape();
        int[] taps = phase.taps();
        int filter = s.channelsPerGroup() * s.taps();
        int depth = s.filtersPerGroup() * taps.length;
        int[] columns = IntStream.range(0, depth)
                .map(k -> k / taps.length * filter + taps[k % taps.length])
                .toArray();
        Product.run(
                parallel, s.batch() * s.groups(), s.channelsPerGroup(), phase.rows() * phase.columns(), depth, i -> {
                    int from = offset(u) + i * s.filtersPerGroup() * s.outPlane();
                    int to = offset(dx) + i * s.channelsPerGroup() * s.plane() + phase.y() * s.width() + phase.x();
                    int lineStride = s.window().strideY() * s.width();
                    return new Job(
                            new Left(
                                    floats(w),
                                    offset(w) + i % s.groups() * s.filtersPerGroup() * filter,
                                    s.taps(),
                                    columns),
                            (k, first, count, into) -> phase.row(
                                    floats(u),
                                    from + k / taps.length * s.outPlane(),
                                    taps[k % taps.length],
                                    first,
                                    count,
                                    into),
                            new Target(
                                    floats(dx),
                                    to,
                                    s.plane(),
                                    phase.columns(),
                                    lineStride,
                                    s.window().strideX()),
                            null,
                            0);
                });
    }

    /** Sums over images and positions: a row of the right operand is what all taps of all channels see at one position. */
    void weightGradient(Primitive.ConvolutionWeightGradient primitive, DeviceArray x, DeviceArray u, DeviceArray dw) {
        ConvolutionShape s =
                ConvolutionShape.of(x.shape(), dw.shape(), u.shape(), primitive.window(), primitive.groups());
        Taps taps = new Taps(s);
        int filter = s.channelsPerGroup() * s.taps();
        int[] columns = IntStream.range(0, s.batch() * s.outPlane())
                .map(k -> k / s.outPlane() * s.filters() * s.outPlane() + k % s.outPlane())
                .toArray();
        Product.run(parallel, s.groups(), s.filtersPerGroup(), filter, columns.length, group -> {
            int from = offset(x) + group * s.channelsPerGroup() * s.plane();
            int ofGroup = group * s.filtersPerGroup();
            return new Job(
                    new Left(floats(u), offset(u) + ofGroup * s.outPlane(), s.outPlane(), columns),
                    (k, first, count, into) -> taps.column(
                            floats(x),
                            from + k / s.outPlane() * s.channels() * s.plane(),
                            k % s.outPlane(),
                            first,
                            count,
                            into),
                    plane(dw, ofGroup, filter),
                    null,
                    0);
        });
    }

    /** {@code into[to + i] = data[from + i·step]}. */
    static void copy(float[] data, int from, int step, float[] into, int to, int count) {
        if (step == 1) {
            System.arraycopy(data, from, into, to, count);
        } else {
            for (int i = 0; i < count; i++) {
                into[to + i] = data[from + i * step];
            }
        }
    }

    /** Part of a line that lies outside all images, then inside, then outside: zeros around a copy. */
    static void line(float[] data, int from, int step, int first, int end, float[] into, int to, int count) {
        int low = Math.clamp(first, 0, count);
        int high = Math.clamp(end, low, count);
        Arrays.fill(into, to, to + low, 0);
        if (high > low) {
            copy(data, from + low * step, step, into, to + low, high - low);
        }
        Arrays.fill(into, to + high, to + count, 0);
    }
}
