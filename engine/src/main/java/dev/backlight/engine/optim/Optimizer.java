package dev.backlight.engine.optim;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.nn.Parameter;
import java.util.List;
import java.util.SequencedMap;

/**
 * Changes parameters, in place, along their gradients. The learning rate is given with each step, so that schedules are
 * functions of their own; see {@link Schedule}.
 */
public interface Optimizer {
    /** The parameters that a step changes, by name, in the order in which it expects their gradients. */
    SequencedMap<String, Parameter> parameters();

    /**
     * Takes one step.
     *
     * @param gradients one for each parameter, in the order of {@link #parameters}
     * @throws dev.backlight.engine.shape.ShapeException when their number or shapes differ from the parameters'
     */
    void step(List<Tensor> gradients, double learningRate);

    /** The steps taken so far. */
    long steps();

    /**
     * What this optimiser remembers between steps, by name. Saved beside the parameters and put back with
     * {@link #resumeAt}, it lets a run go on as if it had never stopped.
     */
    SequencedMap<String, Parameter> state();

    /** Goes on after so many steps; the values of {@link #state} are assigned separately. */
    void resumeAt(long steps);
}
