package dev.backlight.engine.op;

import static dev.backlight.engine.op.Neural.relu;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.exp;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.neg;

import dev.backlight.engine.autodiff.Tensor;
import java.util.List;

/** x where x > 0, else alpha·(eˣ − 1) (Clevert et al. 2016). */
public record Elu(double alpha) implements Composite {
    @Override
    public Tensor formula(List<Tensor> inputs) {

        Tensor x = inputs.getFirst();
        // The exponential meets no positive x, where it might overflow.
        Tensor negative = neg(relu(neg(x)));
        return add(relu(x), mul(add(exp(negative), -1), alpha));
    }
}
