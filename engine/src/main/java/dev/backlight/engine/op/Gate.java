package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.gate;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.BinaryFunction;
import java.util.List;

/** a where b > 0, else 0; linear in a, flat in b, both of one shape. The rectifier's backward pass in one pass over memory. */
public record Gate() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.binary(BinaryFunction.GATE, inputs);
    }

    @Override
    public boolean differentiable(int input) {
        return input == 0;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of(() -> Broadcasting.back(gate(upstream, at.input(1)), at.input(0)));
    }
}
