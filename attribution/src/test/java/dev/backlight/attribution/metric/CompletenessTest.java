package dev.backlight.attribution.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.attribution.method.InputGradient;
import dev.backlight.attribution.method.IntegratedGradients;
import dev.backlight.attribution.method.Networks;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.op.Relu;
import org.junit.jupiter.api.Test;

class CompletenessTest {
    /** Along a straight path from zero, input × gradient is complete for a network that is linear there. */
    @Test
    void isZeroForALinearNetwork() {
        Question question = new Question(Networks.perceptron(), Networks.images(2, 3), new int[] {1, 2});
        for (double residual :
                Completeness.residuals(question, InputGradient.multiplied().attribute(question), Baseline.ZERO)) {
            assertEquals(0, residual, 1e-12);
        }
    }

    @Test
    void seesWhatIsMissing() {
        Question question = new Question(Networks.convolutional(new Relu()), Networks.images(2, 3), new int[] {1, 2});
        Attribution complete = IntegratedGradients.standard().attribute(question);
        Attribution saliency = InputGradient.saliency().attribute(question);
        double[] small = Completeness.residuals(question, complete, Baseline.ZERO);
        double[] large = Completeness.residuals(question, saliency, Baseline.ZERO);
        for (int n = 0; n < 2; n++) {
            assertEquals(0, small[n], 0.05);
            assertTrue(Math.abs(large[n]) > Math.abs(small[n]));
        }
    }
}
