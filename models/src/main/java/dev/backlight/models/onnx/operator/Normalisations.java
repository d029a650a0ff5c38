package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.broadcastTo;
import static dev.backlight.engine.op.Ops.cast;
import static dev.backlight.engine.op.Ops.div;
import static dev.backlight.engine.op.Ops.equal;
import static dev.backlight.engine.op.Ops.meanKeeping;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.pow;
import static dev.backlight.engine.op.Ops.square;
import static dev.backlight.engine.op.Ops.sub;
import static dev.backlight.engine.op.Ops.sumKeeping;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Moments;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.graph.Attributes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Normalisation by stored statistics, by those of the input, and across channels. */
final class Normalisations {
    private static final double EPSILON = 1e-5;
    private static final double MOMENT_EPSILON = 1e-9;
    private static final double MOMENTUM = 0.9;

    private Normalisations() {}

    static void register(OperatorRegistry.Builder to) {
        to.several(1, "BatchNormalization", Normalisations::batch)
                .add("LRN", Normalisations::acrossChannels)
                .add("InstanceNormalization", Normalisations::instance)
                .add("LpNormalization", Normalisations::byNorm)
                .since(9, "MeanVarianceNormalization", Normalisations::byMoments)
                .several(17, "LayerNormalization", Normalisations::layer)
                .since(23, "RMSNormalization", Normalisations::byMeanSquare)
                .since(18, "GroupNormalization", Normalisations::group);
    }

    private static List<Tensor> batch(Invocation at) {
        if (!at.attributes().flag("spatial", true)) {
            throw at.unsupported("only normalisation per channel is supported");
        }
        double epsilon = at.attributes().real("epsilon", EPSILON);
        return at.attributes().flag("training_mode", false)
                ? byOwnStatistics(at, epsilon)
                : List.of(Neural.batchNorm(
                        at.tensor(0), at.tensor(3), at.tensor(4), at.tensor(1), at.tensor(2), epsilon));
    }

    /** With the statistics of the batch, as the file asks; the stored ones that it would go on with are further outputs. */
    private static List<Tensor> byOwnStatistics(Invocation at, double epsilon) {
        Moments moments = Neural.moments(at.tensor(0));
        double momentum = at.attributes().real("momentum", MOMENTUM);
        return List.of(
                Neural.batchNormTraining(at.tensor(0), at.tensor(1), at.tensor(2), moments, epsilon),
                add(mul(at.tensor(3), momentum), mul(moments.mean(), 1 - momentum)),
                add(mul(at.tensor(4), momentum), mul(moments.variance(), 1 - momentum)));
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

    /** Divided by the norm along an axis; where that is 0, the result is 0. */
    private static Tensor byNorm(Invocation at) {
        Tensor x = at.tensor(0);
        int axis = x.shape().axis(at.attributes().integer("axis", -1));
        int p = at.attributes().integer("p", 2);
        if (p != 1 && p != 2) {
            throw at.unsupported("only norms of order 1 and 2 are supported");
        }
        Tensor norm = Norms.root(sumKeeping(Norms.power(x, p), axis), p);
        Tensor isZero = equal(norm, 0);
        return div(x, add(norm, cast(isZero, norm.dtype())));
    }

    private static Tensor byMoments(Invocation at) {
        Tensor x = at.tensor(0);
        int[] axes = at.attributes().integers("axes").orElse(new int[] {0, 2, 3});
        Tensor centred = sub(x, meanKeeping(x, axes));
        Tensor deviation = Norms.root(meanKeeping(square(centred), axes), 2);
        return div(centred, add(deviation, MOMENT_EPSILON));
    }

    private static Tensor byMeanSquare(Invocation at) {
        Tensor x = at.tensor(0);
        int axis = x.shape().axis(at.attributes().integer("axis", -1));
        int[] axes = IntStream.range(axis, x.shape().rank()).toArray();
        Tensor mean = meanKeeping(square(x), axes);
        Tensor inverse = pow(add(mean, at.attributes().real("epsilon", EPSILON)), -0.5);
        return mul(mul(x, inverse), at.tensor(1));
    }

    private static List<Tensor> layer(Invocation at) {
        Tensor x = at.tensor(0);
        int axis = x.shape().axis(at.attributes().integer("axis", -1));
        int[] sizes = x.shape().sizes();
        Shape inner = Shape.of(Arrays.copyOfRange(sizes, axis, sizes.length));
        Tensor bias = at.optional(2);
        Tensor beta = bias == null ? Tensor.full(x.backend(), x.dtype(), inner, 0) : broadcastTo(bias, inner);
        double epsilon = at.attributes().real("epsilon", EPSILON);
        Tensor normal = Neural.layerNorm(x, broadcastTo(at.tensor(1), inner), beta, epsilon);
        if (at.node().outputs().size() == 1) {
            return List.of(normal);
        }
        int[] axes = IntStream.range(axis, sizes.length).toArray();
        Tensor mean = meanKeeping(x, axes);
        Tensor variance = meanKeeping(square(sub(x, mean)), axes);
        return List.of(normal, mean, pow(add(variance, epsilon), -0.5));
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
