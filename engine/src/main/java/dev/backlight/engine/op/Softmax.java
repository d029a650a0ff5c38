package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sub;
import static dev.backlight.engine.op.Ops.sumKeeping;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/** eˣ / Σ eˣ along one axis, without overflow; {@link Primitive.Softmax} says what infinities and NaN give. */
public record Softmax(int axis) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return run("softmax", inputs.getFirst(), axis, false);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor y = at.output();
        return Gradients.of(() -> mul(y, sub(upstream, sumKeeping(mul(upstream, y), axis))));
    }

    static Tensor run(String operation, Tensor x, int axis, boolean logarithm) {
        if (x.dtype() == DType.I64) {
            throw new ShapeException(
                    operation + " needs a tensor of F32 or F64, but found I64 " + x.shape() + "; cast it first");
        }
        int at = x.shape().axis(axis);
        return Tensor.execute(x.backend(), new Primitive.Softmax(at, logarithm), x.dtype(), x.shape(), x);
    }
}
