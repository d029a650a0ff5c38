package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.UnaryFunction;
import java.util.List;

/** The largest integer not above x; flat, so nothing is sent back. */
public record Floor() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.unary(UnaryFunction.FLOOR, inputs.getFirst());
    }

    @Override
    public boolean differentiable(int input) {
        return false;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of();
    }
}
