package dev.backlight.attribution.method;

import dev.backlight.attribution.rule.FixedRule;
import dev.backlight.attribution.rule.RectGrad;
import dev.backlight.engine.shape.BacklightException;
import java.util.List;

/**
 * The methods of this package with their usual settings, by name. Saliency is the plain gradient; RectGrad's map is taken
 * times the input, as its authors do. Learned rules join the list where they are known, in the package above.
 */
public final class Methods {
    private static final double RECTGRAD_PERCENTILE = 98;

    private Methods() {}

    /** All of them, in the order of tables. */
    public static List<Attributor> all(long seed) {
        return List.of(
                InputGradient.saliency(),
                InputGradient.multiplied(),
                IntegratedGradients.standard(),
                SmoothGrad.standard(SmoothGrad.Moment.MEAN, seed),
                SmoothGrad.standard(SmoothGrad.Moment.SQUARE, seed),
                SmoothGrad.standard(SmoothGrad.Moment.VARIANCE, seed),
                GradCam.standard(),
                InputGradient.under(FixedRule.GUIDED),
                InputGradient.under(FixedRule.DECONVNET),
                new InputGradient("rectgrad", new RectGrad(RECTGRAD_PERCENTILE), true));
    }

    /** The names, in the same order. */
    public static List<String> names() {
        return all(0).stream().map(Attributor::name).toList();
    }

    /**
     * The method of that name.
     *
     * @throws BacklightException when there is none, with those there are
     */
    public static Attributor named(String name, long seed) {
        return all(seed).stream()
                .filter(method -> method.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BacklightException(
                        "there is no attribution method named " + name + "; known are " + String.join(", ", names())));
    }
}
