package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.UnaryFunction;
import java.util.List;

/** min(max(slope·x + shift, 0), 1). */
public record HardSigmoid(double slope, double shift) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        try (Scope scope = Scope.open()) {
            Tensor line = Broadcasting.unary(UnaryFunction.AFFINE, slope, shift, inputs.getFirst());
            return scope.keep(Broadcasting.unary(UnaryFunction.CLIP, 0, 1, line));
        }
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> mul(upstream, mul(new Inside(0, 1).on(add(mul(at.input(0), slope), shift)), slope)));
    }
}
