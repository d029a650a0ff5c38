package dev.backlight.engine.op;

import static dev.backlight.engine.op.Broadcasting.back;
import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.BinaryFunction;
import java.util.List;

/** a · b, broadcasting. */
public record Multiply() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.binary(BinaryFunction.MULTIPLY, inputs);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor a = at.input(0);
        Tensor b = at.input(1);
        return Gradients.of(() -> back(mul(upstream, b), a), () -> back(mul(upstream, a), b));
    }
}
