package dev.backlight.engine.op;

import static dev.backlight.engine.op.Broadcasting.back;
import static dev.backlight.engine.op.Ops.neg;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.BinaryFunction;
import java.util.List;

/** a − b, broadcasting. */
public record Subtract() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.binary(BinaryFunction.SUBTRACT, inputs);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor a = at.input(0);
        Tensor b = at.input(1);
        return Gradients.of(() -> back(upstream, a), () -> back(neg(upstream), b));
    }
}
