package dev.backlight.engine.autodiff;

import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.Primitive;
import java.util.List;

/** a + b for two tensors of one shape: what a walk needs to join signals; the general sum is an op of its own. */
record Sum() implements Op {
    static Tensor of(Tensor a, Tensor b) {
        return new Sum().on(a, b);
    }

    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor a = inputs.get(0);
        return Tensor.execute(
                a.backend(), new Primitive.Binary(BinaryFunction.ADD), a.dtype(), a.shape(), a, inputs.get(1));
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> upstream, () -> upstream);
    }
}
