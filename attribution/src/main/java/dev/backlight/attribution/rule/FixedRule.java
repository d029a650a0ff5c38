package dev.backlight.attribution.rule;

import static dev.backlight.engine.op.Neural.relu;

import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Propagation;
import dev.backlight.engine.autodiff.PropagationMap;

/** The hand-crafted rules without parameters; they act at every {@linkplain Nonlinearities#isRectifier rectifier}. */
public enum FixedRule implements Rule {
    /** The plain gradient (Simonyan et al. 2014). */
    GRADIENT("gradient", PropagationMap.NONE),

    /** Positive signals through open rectifiers only (Springenberg et al. 2015). */
    GUIDED(
            "guided",
            atRectifiers((at, upstream) -> at.op().gradient(at, relu(upstream)))),

    /** Positive signals, whether the rectifier was open or not (Zeiler and Fergus 2014). */
    DECONVNET("deconvnet", atRectifiers((at, upstream) -> Gradients.of(() -> relu(upstream))));

    private final String label;
    private final PropagationMap propagations;

    FixedRule(String label, PropagationMap propagations) {
        this.label = label;
        this.propagations = propagations;
    }

    @Override
    public PropagationMap propagations() {
        return propagations;
    }

    @Override
    public String label() {
        return label;
    }

    private static PropagationMap atRectifiers(Propagation propagation) {
        return PropagationMap.where(at -> Nonlinearities.isRectifier(at.op()), propagation);
    }
}
