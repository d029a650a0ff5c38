package dev.backlight.engine.autodiff;

import java.util.List;

/**
 * A differentiable function of tensors: a forward pass and what it sends back. Ops are immutable values (records), so a
 * rule can be chosen by an op's type or parameters.
 */
public interface Op {
    /**
     * Computes the output.
     *
     * @param inputs the operands, recorded nowhere: what is computed from them leaves no trace on a tape
     */
    Tensor forward(List<Tensor> inputs);

    /**
     * The vector–Jacobian product, one lazy tensor per input, written in ops so that it can be differentiated in turn.
     * Only those asked for are computed.
     *
     * @param at the application on the tape
     * @param upstream the gradient with respect to the output, of its shape
     */
    Gradients gradient(Application at, Tensor upstream);

    /** Whether the output depends differentiably on input {@code i}; indices and conditions say no. */
    default boolean differentiable(int input) {
        return true;
    }

    /** The name by which messages and rules know this op. */
    default String name() {
        return getClass().getSimpleName();
    }

    /**
     * Applies this op. The application is recorded when an input is on a tape.
     *
     * @throws dev.backlight.engine.shape.ShapeException when the operands do not fit
     */
    default Tensor on(Tensor... inputs) {
        return Tape.apply(this, List.of(inputs));
    }
}
