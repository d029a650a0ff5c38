package dev.backlight.engine.op;

import static dev.backlight.engine.op.Neural.tanh;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.erf;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.square;

import dev.backlight.engine.autodiff.Tensor;
import java.util.List;

/** x·Φ(x), with the normal distribution function Φ or its approximation by tanh (Hendrycks and Gimpel 2016). */
public record Gelu(Form form) implements Composite {
    /** How Φ is computed. */
    public enum Form {
        /** ½·(1 + erf(x/√2)), exactly. */
        ERF,
        /** ½·(1 + tanh(√(2/π)·(x + 0.044715·x³))). */
        TANH
    }

    @Override
    public Tensor formula(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        Tensor odd = switch (form) {
            case ERF -> erf(mul(x, Math.sqrt(0.5)));
            case TANH -> tanh(mul(add(x, mul(mul(square(x), x), 0.044715)), Math.sqrt(2 / Math.PI)));
        };
        return mul(mul(x, 0.5), add(odd, 1));
    }
}
