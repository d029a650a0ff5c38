package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.broadcastTo;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.graph.Attributes;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Normalisation by stored statistics, by those of the input, and across channels. */
final class Normalisations {
    private static final double EPSILON = 1e-5;

    private Normalisations() {}

    static void register(OperatorRegistry.Builder to) {
        to.add("BatchNormalization", Normalisations::batch)
                .add("LRN", Normalisations::acrossChannels)
                .add("InstanceNormalization", Normalisations::instance)
                .since(17, "LayerNormalization", Normalisations::layer)
                .since(18, "GroupNormalization", Normalisations::group);
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
                at.attributes().real("epsilon", EPSILON));
    }

    private static Tensor acrossChannels(Invocation at) {
        Attributes attributes = at.attributes();
        return Neural.localResponseNorm(
                at.tensor(0),
                attributes.integer("size", 1),
                attributes.real("alpha", 1e-4),
                attributes.real("beta", 0.75),
                attributes.real("bias", 1));
    }

    private static Tensor layer(Invocation at) {
        Tensor x = at.tensor(0);
        int axis = x.shape().axis(at.attributes().integer("axis", -1));
        int[] sizes = x.shape().sizes();
        Shape inner = Shape.of(Arrays.copyOfRange(sizes, axis, sizes.length));
        Tensor bias = at.optional(2);
        Tensor beta = bias == null ? Tensor.full(x.backend(), x.dtype(), inner, 0) : broadcastTo(bias, inner);
        return Neural.layerNorm(
                x, broadcastTo(at.tensor(1), inner), beta, at.attributes().real("epsilon", EPSILON));
    }

    private static Tensor instance(Invocation at) {
        return Neural.instanceNorm(
                at.tensor(0), at.tensor(1), at.tensor(2), at.attributes().real("epsilon", EPSILON));
    }

    /** Before version 21 scale and bias are per group, from then on per channel. */
    private static Tensor group(Invocation at) {
        int groups = at.attributes().integer("num_groups", 1);
        int channels = at.tensor(0).shape().size(1);
        double epsilon = at.attributes().real("epsilon", EPSILON);
        Tensor gamma = perChannel(at.tensor(1), channels);
        return Neural.groupNorm(at.tensor(0), gamma, perChannel(at.tensor(2), channels), groups, epsilon);
    }

    private static Tensor perChannel(Tensor values, int channels) {
        int stated = values.shape().size(0);
        int each = channels / Math.max(1, stated);
        return stated == channels
                ? values
                : Indexing.take(
                        values,
                        0,
                        IntStream.range(0, channels)
                                .map(channel -> channel / each)
                                .toArray());
    }
}
