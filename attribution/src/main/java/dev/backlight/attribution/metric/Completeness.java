package dev.backlight.attribution.metric;

import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.backend.Scope;

/**
 * By how much a map's sum misses the change of the target's logit that it should explain (Sundararajan et al. 2017):
 * {@code Σ attribution − (f(x) − f(x′))}.
 */
public final class Completeness {
    private Completeness() {}

    /** The residual of each image, in logits. */
    public static double[] residuals(Question question, Attribution attribution, Baseline baseline) {
        try (Scope _ = Scope.open()) {
            double[][] at = Predictions.logits(question.network()::apply, question.input());
            double[][] before = Predictions.logits(question.network()::apply, baseline.of(question.input()));
            double[] values = attribution.values().toDoubles();
            int[] targets = question.targets();
            double[] residuals = new double[targets.length];
            int each = values.length / Math.max(1, targets.length);
            for (int n = 0; n < residuals.length; n++) {
                residuals[n] = before[n][targets[n]] - at[n][targets[n]];
                for (int i = n * each; i < (n + 1) * each; i++) {
                    residuals[n] += values[i];
                }
            }
            return residuals;
        }
    }
}
