package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;
import java.util.List;

/** To the nearest integer, halves to even; what arrives from above goes straight through (Bengio et al. 2013). */
record RoundStraightThrough() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Ops.round(inputs.getFirst());
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> upstream);
    }
}
