package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.step;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.UnaryFunction;
import java.util.List;

/** x where x > 0, else slope·x. Its slope at 0 is taken as {@code slope}. */
public record LeakyRelu(double slope) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.unary(UnaryFunction.LEAKY, slope, 0, inputs.getFirst());
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> mul(upstream, add(mul(step(at.input(0)), 1 - slope), slope)));
    }
}
