package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/** A comparison of a and b, broadcasting: 1 or 0 in the operands' type; flat, so nothing is sent back. */
public record Compare(BinaryFunction comparison) implements Op {
    /** @throws ShapeException when the function compares nothing */
    public Compare {
        switch (comparison) {
            case EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> {}
            default -> throw new ShapeException(comparison + " is not a comparison; apply the op of that name");
        }
    }

    @Override
    public Tensor forward(List<Tensor> inputs) {
        return Broadcasting.binary(comparison, inputs);
    }

    @Override
    public boolean differentiable(int input) {
        return false;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        return Gradients.of();
    }
}
