package dev.backlight.attribution.rule;

import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.op.Clip;
import dev.backlight.engine.op.Elu;
import dev.backlight.engine.op.Gelu;
import dev.backlight.engine.op.HardSigmoid;
import dev.backlight.engine.op.HardSwish;
import dev.backlight.engine.op.LeakyRelu;
import dev.backlight.engine.op.Relu;
import dev.backlight.engine.op.Relu6;
import dev.backlight.engine.op.Sigmoid;
import dev.backlight.engine.op.Silu;
import dev.backlight.engine.op.Softplus;
import dev.backlight.engine.op.Tanh;

/** Which ops rules act on. */
public final class Nonlinearities {
    private Nonlinearities() {}

    /** Elementwise functions that let large inputs pass and hold small ones back. */
    public static boolean isRectifier(Op op) {
        return op instanceof Relu
                || op instanceof LeakyRelu
                || op instanceof Relu6
                || op instanceof Clip
                || op instanceof Silu
                || op instanceof Elu
                || op instanceof Gelu
                || op instanceof Softplus
                || op instanceof HardSwish;
    }

    /** Rectifiers and the saturating functions. */
    public static boolean isElementwise(Op op) {
        return isRectifier(op) || op instanceof Sigmoid || op instanceof HardSigmoid || op instanceof Tanh;
    }
}
