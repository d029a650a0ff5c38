package dev.backlight.engine.check;

import static dev.backlight.engine.check.OpSample.sample;
import static dev.backlight.engine.check.SampleInput.indices;
import static dev.backlight.engine.check.SampleInput.uniform;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.BatchNorm;
import dev.backlight.engine.op.BatchNormTraining;
import dev.backlight.engine.op.ChannelAffine;
import dev.backlight.engine.op.ChannelDot;
import dev.backlight.engine.op.CrossEntropy;
import dev.backlight.engine.op.GroupNorm;
import dev.backlight.engine.op.InstanceNorm;
import dev.backlight.engine.op.LayerNorm;
import dev.backlight.engine.op.LocalResponseNorm;
import dev.backlight.engine.op.LogSoftmax;
import dev.backlight.engine.op.Multiply;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Softmax;
import dev.backlight.engine.op.Square;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** Normalisations, softmax and losses. */
final class NormalisationSamples {
    private NormalisationSamples() {}

    private static final double EPSILON = 1e-3;

    static List<OpSample> all() {
        return List.of(
                sample(
                        "channelAffine",
                        ChannelAffine.class,
                        in -> new ChannelAffine().on(in.get(0), in.get(1), in.get(2)),
                        image(),
                        scale(),
                        shift()),
                sample(
                        "channelDot",
                        ChannelDot.class,
                        in -> new ChannelDot().on(in.get(0), in.get(1)),
                        image(),
                        uniform(-1, 1, 3, 2, 2, 3)),
                sample(
                        "channelDot of rows with themselves",
                        ChannelDot.class,
                        in -> new ChannelDot().on(in.get(0), in.get(0)),
                        uniform(-1, 1, 5, 3)),
                sample(
                        "batchNorm",
                        BatchNorm.class,
                        in -> Neural.batchNorm(in.get(0), in.get(1), in.get(2), in.get(3), in.get(4), EPSILON),
                        image(),
                        shift(),
                        uniform(0.5, 1.5, 2),
                        scale(),
                        shift()),
                sample(
                        "batchNorm, training",
                        BatchNormTraining.class,
                        NormalisationSamples::batchNorm,
                        image(),
                        scale(),
                        shift()),
                sample(
                        "batchNorm, training on rows",
                        BatchNormTraining.class,
                        NormalisationSamples::batchNorm,
                        uniform(-2, 2, 5, 2),
                        scale(),
                        shift()),
                sample(
                        "batchNorm, training after another op",
                        BatchNormTraining.class,
                        in -> batchNorm(List.of(Ops.mul(in.get(0), in.get(0)), in.get(1), in.get(2))),
                        image(),
                        scale(),
                        shift()),
                sample(
                        "layerNorm",
                        LayerNorm.class,
                        in -> Neural.layerNorm(in.get(0), in.get(1), in.get(2), EPSILON),
                        uniform(-2, 2, 3, 4),
                        uniform(0.5, 2, 4),
                        uniform(-1, 1, 4)),
                sample(
                        "layerNorm over two axes",
                        LayerNorm.class,
                        in -> Neural.layerNorm(in.get(0), in.get(1), in.get(2), EPSILON),
                        uniform(-2, 2, 2, 3, 4),
                        uniform(0.5, 2, 3, 4),
                        uniform(-1, 1, 3, 4)),
                sample(
                        "groupNorm",
                        GroupNorm.class,
                        in -> Neural.groupNorm(in.get(0), in.get(1), in.get(2), 2, EPSILON),
                        uniform(-2, 2, 2, 4, 2, 3),
                        uniform(0.5, 2, 4),
                        uniform(-1, 1, 4)),
                sample(
                        "instanceNorm",
                        InstanceNorm.class,
                        in -> Neural.instanceNorm(in.get(0), in.get(1), in.get(2), EPSILON),
                        image(),
                        scale(),
                        shift()),
                sample(
                        "localResponseNorm",
                        LocalResponseNorm.class,
                        in -> Neural.localResponseNorm(in.getFirst(), 3, 0.3, 0.75, 1.5),
                        uniform(-2, 2, 2, 5, 2, 2)),
                sample(
                        "localResponseNorm, even size",
                        LocalResponseNorm.class,
                        in -> Neural.localResponseNorm(in.getFirst(), 4, 0.3, 0.75, 1.5),
                        uniform(-2, 2, 1, 5, 2, 2)));
    }

    static List<OpSample> losses() {
        return List.of(
                sample("softmax", Softmax.class, in -> Neural.softmax(in.getFirst(), -1), uniform(-2, 2, 3, 4)),
                sample(
                        "softmax of channels",
                        Softmax.class,
                        in -> Neural.softmax(in.getFirst(), 1),
                        uniform(-2, 2, 2, 3, 2)),
                sample("logSoftmax", LogSoftmax.class, in -> Neural.logSoftmax(in.getFirst(), 1), uniform(-2, 2, 3, 4)),
                sample(
                        "logSoftmax of the outermost axis",
                        LogSoftmax.class,
                        in -> Neural.logSoftmax(in.getFirst(), 0),
                        uniform(-2, 2, 3, 1, 3)),
                sample(
                        "crossEntropy",
                        CrossEntropy.class,
                        in -> Neural.crossEntropy(in.get(0), in.get(1), 0),
                        uniform(-2, 2, 3, 4),
                        indices(Shape.of(3), 2, 0, 3)),
                sample(
                        "crossEntropy, smoothed, per sample",
                        CrossEntropy.class,
                        in -> Neural.crossEntropyPerSample(in.get(0), in.get(1), 0.1),
                        uniform(-2, 2, 3, 4),
                        indices(Shape.of(3), 2, 0, 3)),
                sample(
                        "klDivergence",
                        Multiply.class,
                        in -> Neural.klDivergence(Neural.logSoftmax(in.get(0), 1), Neural.softmax(in.get(1), 1)),
                        uniform(-2, 2, 3, 4),
                        uniform(-1, 1, 3, 4)),
                sample(
                        "mse",
                        Square.class,
                        in -> Neural.mse(in.get(0), in.get(1)),
                        uniform(-2, 2, 3, 4),
                        uniform(-1, 1, 4)));
    }

    private static Tensor batchNorm(List<Tensor> in) {
        return Neural.batchNormTraining(in.get(0), in.get(1), in.get(2), EPSILON);
    }

    private static SampleInput image() {
        return uniform(-2, 2, 3, 2, 2, 3);
    }

    private static SampleInput scale() {
        return uniform(0.5, 2, 2);
    }

    private static SampleInput shift() {
        return uniform(-1, 1, 2);
    }
}
