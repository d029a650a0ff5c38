package dev.backlight.attribution.learn;

import dev.backlight.engine.autodiff.Tensor;
import java.util.List;

/**
 * What training a rule gave.
 *
 * @param logits one tensor {@code 3×…} per site
 * @param relevance r under the trained rule, {@code N×1×H×W}
 * @param mask m under the trained rule, {@code N×1×H×W}
 * @param losses summed over the batch: before each step, and after the last
 */
public record TrainedRule(List<Tensor> logits, Tensor relevance, Tensor mask, double[] losses) {}
