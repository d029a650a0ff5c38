package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.UnaryFunction;
import java.util.List;

/** The rectifier min(max(x, 0), 6) of MobileNet. Its slope at 0 and 6 is taken as 0. */
public record Relu6() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.unary(UnaryFunction.CLIP, 0, 6, inputs.getFirst());
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> mul(upstream, new Inside(0, 6).on(at.input(0))));
    }
}
