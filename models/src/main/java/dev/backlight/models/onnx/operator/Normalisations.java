package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.div;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.pow;
import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.square;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.shape.Shape;

/** Normalisation by stored statistics and across channels. */
final class Normalisations {
    private Normalisations() {}

    static void register(OperatorRegistry.Builder to) {
        to.add("BatchNormalization", Normalisations::batch).add("LRN", Normalisations::acrossChannels);
    }

    private static Tensor batch(Invocation at) {
        if (!at.attributes().flag("spatial", true) || at.attributes().flag("training_mode", false)) {
            throw at.unsupported("only normalisation per channel with stored statistics is supported; export the model "
                    + "for inference");
        }
        return Neural.batchNorm(
                at.tensor(0),
                at.tensor(3),
                at.tensor(4),
                at.tensor(1),
                at.tensor(2),
                at.attributes().real("epsilon", 1e-5));
    }

    /**
     * {@code x / (bias + α/size·Σ x²)^β}, the sum over {@code size} neighbouring channels; of an even number the larger
     * half follows the channel (Krizhevsky et al. 2012, section 3.3, with ONNX's division by the size).
     */
    private static Tensor acrossChannels(Invocation at) {
        Tensor x = at.tensor(0);
        int size = at.attributes().integer("size", 0);
        Shape shape = x.shape();
        int channels = shape.size(1);
        int rest = (int) (shape.elements() / Math.max(1, (long) shape.size(0) * channels));
        WindowGeometry window =
                new WindowGeometry(size, 1, 1, 1, 1, 1, (size - 1) / 2, 0, size - 1 - (size - 1) / 2, 0);
        Tensor columns = reshape(square(x), Shape.of(shape.size(0), 1, channels, rest));
        Tensor means = reshape(Neural.avgPool(columns, window, false, true), shape);
        Tensor base = add(
                mul(means, at.attributes().real("alpha", 1e-4)), at.attributes().real("bias", 1));
        return div(x, pow(base, at.attributes().real("beta", 0.75)));
    }
}
