package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.neg;
import static dev.backlight.engine.op.Ops.square;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.UnaryFunction;
import java.util.List;

/** 1/x. */
public record Reciprocal() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.unary(UnaryFunction.RECIPROCAL, inputs.getFirst());
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> neg(mul(upstream, square(at.output()))));
    }
}
