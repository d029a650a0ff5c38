package dev.backlight.engine.op;

import static dev.backlight.engine.op.Neural.hardSigmoid;
import static dev.backlight.engine.op.Ops.mul;

import dev.backlight.engine.autodiff.Tensor;
import java.util.List;

/** x·min(max(x/6 + ½, 0), 1) (Howard et al. 2019). */
public record HardSwish() implements Composite {
    @Override
    public Tensor formula(List<Tensor> inputs) {
        return mul(inputs.getFirst(), hardSigmoid(inputs.getFirst()));
    }
}
