package dev.backlight.engine.op;

import static dev.backlight.engine.op.Broadcasting.back;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.less;
import static dev.backlight.engine.op.Ops.lessOrEqual;
import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.BinaryFunction;
import java.util.List;

/** The smaller of a and b, broadcasting; equal operands share the gradient equally. */
public record Minimum() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.binary(BinaryFunction.MINIMUM, inputs);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {

        Tensor a = at.input(0);
        Tensor b = at.input(1);
        return Gradients.of(() -> back(mul(upstream, share(a, b)), a), () -> back(mul(upstream, share(b, a)), b));
    }

    /** 1 where {@code own} is chosen, ½ where both are. */
    private static Tensor share(Tensor own, Tensor other) {
        return mul(add(less(own, other), lessOrEqual(own, other)), 0.5);
    }
}
