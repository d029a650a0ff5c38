package dev.backlight.engine.op;

import static dev.backlight.engine.op.Broadcasting.back;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.greater;
import static dev.backlight.engine.op.Ops.greaterOrEqual;
import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.BinaryFunction;
import java.util.List;

/** The larger of a and b, broadcasting; equal operands share the gradient equally. */
public record Maximum() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.binary(BinaryFunction.MAXIMUM, inputs);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {

        Tensor a = at.input(0);
        Tensor b = at.input(1);
        return Gradients.of(() -> back(mul(upstream, share(a, b)), a), () -> back(mul(upstream, share(b, a)), b));
    }

    /** 1 where {@code own} is chosen, ½ where both are. */
    private static Tensor share(Tensor own, Tensor other) {
        return mul(add(greater(own, other), greaterOrEqual(own, other)), 0.5);
    }
}
