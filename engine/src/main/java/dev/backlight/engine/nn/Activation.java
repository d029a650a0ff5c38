package dev.backlight.engine.nn;

import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Relu;

/** A non-linearity without parameters. */
public final class Activation extends Layer {
    private final Op op;

    /** Any op of one operand. */
    public Activation(Op op) {
        this.op = op;
    }

    /** The rectifier. */
    public static Activation relu() {
        return new Activation(new Relu());
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        return op.on(x);
    }
}
