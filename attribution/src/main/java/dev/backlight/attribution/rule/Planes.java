package dev.backlight.attribution.rule;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;

/** Parts of a tensor that stacks several tensors along axis 0; they are views and copy nothing. */
final class Planes {
    private Planes() {}

    static Tensor one(Tensor stack, int plane) {
        return Ops.reshape(range(stack, plane, plane + 1), stack.shape().without(0));
    }

    static Tensor range(Tensor stack, int from, int to) {
        return Ops.slice(stack, 0, from, to);
    }
}
