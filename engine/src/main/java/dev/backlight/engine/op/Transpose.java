package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.Primitive;
import java.util.List;

/** Reorders the axes: axis i of the result is axis {@code order[i]} of the operand. */
public record Transpose(AxisList order) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        return Tensor.execute(
                x.backend(), new Primitive.Permute(order), x.dtype(), x.shape().permute(order.toArray()), x);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> Ops.transpose(upstream, inverse()));
    }

    private int[] inverse() {
        int[] inverse = new int[order.size()];
        for (int i = 0; i < inverse.length; i++) {
            inverse[order.get(i)] = i;
        }
        return inverse;
    }
}
