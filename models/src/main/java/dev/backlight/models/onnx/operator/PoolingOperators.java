package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import java.util.stream.IntStream;

/** Pooling over windows of one or two axes, and over whole planes. */
final class PoolingOperators {
    private PoolingOperators() {}

    static void register(OperatorRegistry.Builder to) {
        to.add("MaxPool", PoolingOperators::max)
                .add("AveragePool", PoolingOperators::average)
                .add("GlobalAveragePool", at -> Ops.meanKeeping(at.tensor(0), spatialAxes(at.tensor(0))))
                .add("GlobalMaxPool", at -> Ops.maxKeeping(at.tensor(0), spatialAxes(at.tensor(0))));
    }

    private static Tensor max(Invocation at) {
        WindowAttributes attributes = new WindowAttributes(at);
        Tensor x = attributes.planes(at.tensor(0));
        boolean ceilMode = at.attributes().flag("ceil_mode", false);
        return attributes.restored(Neural.maxPool(x, attributes.on(x.shape()), ceilMode));
    }

    private static Tensor average(Invocation at) {
        WindowAttributes attributes = new WindowAttributes(at);
        Tensor x = attributes.planes(at.tensor(0));
        boolean ceilMode = at.attributes().flag("ceil_mode", false);
        boolean countPadding = at.attributes().flag("count_include_pad", false);
        return attributes.restored(Neural.avgPool(x, attributes.on(x.shape()), ceilMode, countPadding));
    }

    private static int[] spatialAxes(Tensor x) {
        return IntStream.range(2, x.shape().rank()).toArray();
    }
}
