package dev.backlight.engine.op;

import static dev.backlight.engine.op.Broadcasting.back;
import static dev.backlight.engine.op.Ops.where;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** Inputs condition, a, b of one type, broadcasting: a where the condition is not 0, else b. */
public record Where() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor condition = inputs.get(0);
        Tensor a = inputs.get(1);
        Tensor b = inputs.get(2);
        Broadcasting.requireAlike("where", a, b);
        Broadcasting.requireAlike("where", condition, a);
        Shape shape = condition.shape().broadcast(a.shape()).broadcast(b.shape());
        return Tensor.execute(a.backend(), new Primitive.Select(), a.dtype(), shape, condition, a, b);
    }

    @Override
    public boolean differentiable(int input) {
        return input != 0;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor condition = at.input(0);
        Tensor zero = Tensor.full(upstream.backend(), upstream.dtype(), Shape.scalar(), 0);
        return Gradients.of(
                () -> zero,
                () -> back(where(condition, upstream, zero), at.input(1)),
                () -> back(where(condition, zero, upstream), at.input(2)));
    }
}
