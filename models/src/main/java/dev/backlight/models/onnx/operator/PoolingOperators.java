package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.MaxPool;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
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
        Tensor within = MaxPool.indices(x, window, ceilMode);
        if (at.attributes().flag("storage_order", false)) {
            throw at.unsupported("indices counted along columns are not supported");
        }
        int planes = shape.size(0) * shape.size(1);
        long area = (long) shape.size(2) * shape.size(3);
        long[] starts = LongStream.range(0, planes).map(i -> i * area).toArray();
        return add(within, Tensor.of(x.backend(), Shape.of(shape.size(0), shape.size(1), 1, 1), starts));
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
        Tensor x = attributes.planes(at.tensor(0));
        if (attributes.isVolume() || at.attributes().flag("ceil_mode", false)) {
            throw at.unsupported("norms of windows over three axes, or in ceil mode, are not supported");
        }
        WindowGeometry window = attributes.on(x.shape());
        Tensor means = Neural.avgPool(Ops.pow(Ops.abs(x), p), window, false, true);
        return attributes.restored(Ops.pow(mul(means, (double) window.height() * window.width()), 1 / p));
    }

    private static int[] spatialAxes(Tensor x) {
        return IntStream.range(2, x.shape().rank()).toArray();
    }
}
