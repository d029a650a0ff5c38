package dev.backlight.engine.nn;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;

/** A fully connected layer {@code N×in → N×out} with parameters {@code weight} ({@code out×in}) and {@code bias}. */
public final class Linear extends Layer {
    private final Parameter weight;
    private final Parameter bias;

    /** A layer with a bias. */
    public Linear(int in, int out) {
        weight = parameter("weight", Shape.of(out, in), Initializer.uniformByFan(in));
        bias = parameter("bias", Shape.of(out), Initializer.uniformByFan(in));
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        return Ops.linear(x, pass.value(weight), pass.value(bias));
    }
}
