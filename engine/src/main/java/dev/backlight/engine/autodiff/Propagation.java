package dev.backlight.engine.autodiff;

/**
 * What an application sends back during one walk, in place of its op's own gradient: a propagation rule. Written in ops,
 * like gradients, so that a walk under rules can be differentiated too.
 */
@FunctionalInterface
public interface Propagation {
    /** The op's own gradient. */
    Propagation GRADIENT = (at, upstream) -> at.op().gradient(at, upstream);

    /**
     * Sends the upstream signal back to the inputs.
     *
     * @param at the application; its tensors are recorded only when the walk is
     * @param upstream the signal arriving at the output, of its shape
     */
    Gradients propagate(Application at, Tensor upstream);
}
