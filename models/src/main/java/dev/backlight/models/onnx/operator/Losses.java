package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.reshape;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Losses that an exported training graph ends in. */
final class Losses {
    private Losses() {}

    static void register(OperatorRegistry.Builder to) {
        to.since(12, "NegativeLogLikelihoodLoss", at -> negativeLogLikelihood(at, at.tensor(0)))
                .several(12, "SoftmaxCrossEntropyLoss", Losses::crossEntropy);
    }

    private static List<Tensor> crossEntropy(Invocation at) {
        Tensor logs = Neural.logSoftmax(at.tensor(0), 1);
        return List.of(negativeLogLikelihood(at, logs), logs);
    }

    /** {@code −weight[target]·logs[n, target, …]} for log-probabilities {@code N×C×…} and targets {@code N×…}. */
    private static Tensor negativeLogLikelihood(Invocation at, Tensor logs) {
        Tensor targets = Ops.cast(at.tensor(1), DType.I64);
        Tensor counted = counted(at, targets, logs.dtype());
        Tensor inside = counted == null ? targets : mul(targets, Ops.cast(counted, DType.I64));
        Tensor weights = weights(at, inside, counted);
        Shape column = targets.shape().insert(1, 1);
        Tensor picked = reshape(Shapes.gather(logs, 1, reshape(inside, column)), targets.shape());
        Tensor losses = Ops.neg(weights == null ? picked : mul(picked, weights));
        return switch (at.attributes().text("reduction", "mean")) {
            case "none" -> losses;
            case "sum" -> Ops.sum(losses);
            case "mean" -> weights == null ? Ops.mean(losses) : Ops.div(Ops.sum(losses), Ops.sum(weights));
            default -> throw at.unsupported("reduction must be none, sum or mean");
        };
    }

    /** 1 where a target counts, 0 where it is the one to ignore; null where all count. */
    private static @Nullable Tensor counted(Invocation at, Tensor targets, DType dtype) {
        if (!at.attributes().has("ignore_index")) {
            return null;
        }
        return Ops.cast(Ops.sub(1, Ops.equal(targets, (double) at.attributes().whole("ignore_index", 0))), dtype);
    }

    private static @Nullable Tensor weights(Invocation at, Tensor targets, @Nullable Tensor counted) {
        Tensor stated = at.optional(2);
        if (stated == null) {
            return counted;
        }
        Tensor weights = Shapes.take(stated, 0, targets);
        return counted == null ? weights : mul(weights, counted);
    }
}
