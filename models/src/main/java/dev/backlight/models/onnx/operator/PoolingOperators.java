package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.reshape;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.MaxPool;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.ScatterAddElements;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Pooling over windows of one to three axes, and over whole planes. */
final class PoolingOperators {
    private PoolingOperators() {}

    static void register(OperatorRegistry.Builder to) {
        to.several(1, "MaxPool", PoolingOperators::max)
                .add("AveragePool", PoolingOperators::average)
                .add("LpPool", PoolingOperators::norm)
                .add("GlobalLpPool", PoolingOperators::globalNorm)
                .since(9, "MaxUnpool", PoolingOperators::unpooled, 2)
                .add("GlobalAveragePool", at -> Ops.meanKeeping(at.tensor(0), spatialAxes(at.tensor(0))))
                .add("GlobalMaxPool", at -> Ops.maxKeeping(at.tensor(0), spatialAxes(at.tensor(0))));
    }

    private static List<Tensor> max(Invocation at) {
        WindowAttributes attributes = new WindowAttributes(at);
        Tensor x = attributes.planes(at.tensor(0));
        boolean ceilMode = at.attributes().flag("ceil_mode", false);
        boolean wantsIndices =
                at.node().outputs().size() > 1 && !at.node().outputs().get(1).isEmpty();
        if (attributes.isVolume()) {
            return List.of(Volumes.pooled(x, attributes, (planes, window) -> Neural.maxPool(planes, window, ceilMode)));
        }
        WindowGeometry window = attributes.on(x.shape());
        Tensor pooled = attributes.restored(Neural.maxPool(x, window, ceilMode));
        return wantsIndices ? List.of(pooled, attributes.restored(indices(at, x, window, ceilMode))) : List.of(pooled);
    }

    /** Positions in the whole tensor, counted along rows, or along columns within a plane by {@code storage_order}. */
    private static Tensor indices(Invocation at, Tensor x, WindowGeometry window, boolean ceilMode) {
        Shape shape = x.shape();
        Tensor rowMajor = MaxPool.indices(x, window, ceilMode);
        Tensor within = at.attributes().flag("storage_order", false) ? byColumns(rowMajor, shape) : rowMajor;
        int planes = shape.size(0) * shape.size(1);
        long area = (long) shape.size(2) * shape.size(3);
        long[] starts = LongStream.range(0, planes).map(i -> i * area).toArray();
        return add(within, Tensor.of(x.backend(), Shape.of(shape.size(0), shape.size(1), 1, 1), starts));
    }

    private static Tensor byColumns(Tensor rowMajor, Shape planes) {
        int height = planes.size(2);
        int width = planes.size(3);
        long[] positions = LongStream.range(0, (long) height * width)
                .map(i -> i % width * height + i / width)
                .toArray();
        return Shapes.take(Tensor.of(rowMajor.backend(), Shape.of(positions.length), positions), 0, rowMajor);
    }

    /** Elements back at the positions where the pooling found them, zeros elsewhere. */
    private static Tensor unpooled(Invocation at) {
        WindowAttributes attributes = new WindowAttributes(at);
        Tensor x = at.tensor(0);
        Shape pooled = attributes.reversed(x.shape());
        int count = (int) x.shape().elements();
        Tensor places = reshape(at.tensor(1), Shape.of(count));
        ScatterAddElements scatter = new ScatterAddElements(0, Shape.of(Limits.elements(pooled.elements())));
        Tensor result = reshape(scatter.on(reshape(x, Shape.of(count)), places), pooled);
        if (!at.has(2)) {
            return result;
        }
        long[] wanted = at.constant(2).longs();
        int[] after = new int[pooled.rank()];
        for (int axis = 0; axis < after.length; axis++) {
            after[axis] = wanted.length == after.length ? Math.toIntExact(wanted[axis] - pooled.size(axis)) : -1;
            if (after[axis] < 0) {
                throw at.unsupported("the output must be at least " + pooled + " in size");
            }
        }
        return Shapes.pad(result, new int[after.length], after, 0);
    }

    private static Tensor average(Invocation at) {
        WindowAttributes attributes = new WindowAttributes(at);
        Tensor x = attributes.planes(at.tensor(0));
        boolean ceilMode = at.attributes().flag("ceil_mode", false);
        boolean countPadding = at.attributes().flag("count_include_pad", false);
        if (attributes.isVolume()) {
            return Volumes.pooled(
                    x, attributes, (planes, window) -> Neural.avgPool(planes, window, ceilMode, countPadding));
        }
        return attributes.restored(Neural.avgPool(x, attributes.on(x.shape()), ceilMode, countPadding));
    }

    /** (Σ |x|ᵖ)^(1/p) of each window: padding adds nothing, so the sum is the mean that counts it, times the taps. */
    private static Tensor norm(Invocation at) {
        WindowAttributes attributes = new WindowAttributes(at);
        double p = at.attributes().integer("p", 2);
        if (at.attributes().flag("ceil_mode", false)) {
            throw at.unsupported("norms of windows in ceil mode are not supported");
        }
        Tensor powers = Norms.power(attributes.planes(at.tensor(0)), p);
        Tensor sums = attributes.isVolume()
                ? Volumes.pooled(powers, attributes, PoolingOperators::summed)
                : summed(powers, attributes.on(powers.shape()));
        return attributes.restored(Norms.root(sums, p));
    }

    private static Tensor summed(Tensor x, WindowGeometry window) {
        return mul(Neural.avgPool(x, window, false, true), (double) window.height() * window.width());
    }

    private static Tensor globalNorm(Invocation at) {
        double p = at.attributes().integer("p", 2);
        Tensor x = at.tensor(0);
        return Norms.root(Ops.sumKeeping(Norms.power(x, p), spatialAxes(x)), p);
    }

    private static int[] spatialAxes(Tensor x) {
        return IntStream.range(2, x.shape().rank()).toArray();
    }
}
