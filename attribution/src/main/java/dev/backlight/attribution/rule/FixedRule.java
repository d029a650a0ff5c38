package dev.backlight.attribution.rule;

import static dev.backlight.engine.op.Neural.relu;

import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Propagation;
import dev.backlight.engine.autodiff.PropagationMap;

/** The hand-crafted rules without parameters; they act at every {@linkplain Nonlinearities#isRectifier rectifier}. */
public record FixedRule(String name, PropagationMap propagations) implements Rule {
    /** The plain gradient (Simonyan et al. 2014). */
    public static final FixedRule GRADIENT = new FixedRule("gradient", PropagationMap.NONE);

    /** Positive signals through open rectifiers only (Springenberg et al. 2015). */
    public static final FixedRule GUIDED =
            new FixedRule("guided", atRectifiers((at, upstream) -> at.op().gradient(at, relu(upstream))));

    /** Positive signals, whether the rectifier was open or not (Zeiler and Fergus 2014). */
    public static final FixedRule DECONVNET =
            new FixedRule("deconvnet", atRectifiers((at, upstream) -> Gradients.of(() -> relu(upstream))));

    /** The name: what runs write down about a method has to read the same in the next process. */
    @Override
    public String toString() {
        return name;
    }

    private static PropagationMap atRectifiers(Propagation propagation) {
        return PropagationMap.where(at -> Nonlinearities.isRectifier(at.op()), propagation);
    }
}
