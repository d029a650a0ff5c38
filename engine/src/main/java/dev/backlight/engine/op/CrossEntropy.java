package dev.backlight.engine.op;

import static dev.backlight.engine.op.Neural.softmax;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mean;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.sub;
import static dev.backlight.engine.op.Ops.sum;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/**
 * For each row of logits {@code N×K} and I64 target of N: {@code −Σ q·log softmax(logits)}, where q is 1 − s on the target
 * plus s/K everywhere, with label smoothing s (Szegedy et al. 2016). The result has size N.
 */
public record CrossEntropy(double labelSmoothing) implements Op {
    /** @throws ShapeException when the smoothing is not in [0, 1] */
    public CrossEntropy {
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
            throw new ShapeException("label smoothing lies between 0 and 1, but found " + labelSmoothing);
        }
    }

    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor logits = inputs.get(0);
        Tensor targets = inputs.get(1);
        requireFit(logits, targets);
        try (Scope scope = Scope.open()) {
            Tensor logP = new LogSoftmax(1).on(logits);
            Tensor picked = new GatherElements(1).on(logP, column(targets));
            Tensor loss = sum(mul(picked, labelSmoothing - 1), 1);
            return scope.keep(labelSmoothing == 0 ? loss : sub(loss, mul(mean(logP, 1), labelSmoothing)));
        }
    }

    @Override
    public boolean differentiable(int input) {
        return input == 0;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor logits = at.input(0);
        return Gradients.of(() -> {
            Tensor difference = sub(softmax(logits, 1), distribution(logits, at.input(1)));
            return mul(difference, reshape(upstream, upstream.shape().insert(-1, 1)));
        });
    }

    private Tensor distribution(Tensor logits, Tensor targets) {
        Tensor ones = Tensor.full(
                logits.backend(), logits.dtype(), Shape.of(logits.shape().size(0), 1), 1 - labelSmoothing);
        Tensor peaks = new ScatterAddElements(1, logits.shape()).on(ones, column(targets));
        return labelSmoothing == 0
                ? peaks
                : add(peaks, labelSmoothing / logits.shape().size(1));
    }

    private static Tensor column(Tensor targets) {
        return reshape(targets, targets.shape().insert(-1, 1));
    }

    private static void requireFit(Tensor logits, Tensor targets) {
        Broadcasting.require("crossEntropy (its targets)", targets, DType.I64);
        boolean fits = logits.shape().rank() == 2
                && targets.shape().equals(Shape.of(logits.shape().size(0)));
        if (!fits) {
            throw new ShapeException("crossEntropy needs logits N×K and N targets, but found " + logits.shape()
                    + " and " + targets.shape());
        }
    }
}
