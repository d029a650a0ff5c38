package dev.backlight.attribution.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.method.Baseline;
import dev.backlight.engine.shape.BacklightException;
import org.junit.jupiter.api.Test;

class RuleSettingsTest {
    @Test
    void theDescriptionHoldsEverySetting() {
        RuleSettings settings = new RuleSettings(
                7,
                0.25,
                new RuleSettings.Logits(1, 2, 3),
                4,
                5,
                6,
                false,
                Baseline.ZERO,
                9,
                Sharing.PIXELS,
                true,
                11,
                13);
        assertEquals(
                "7 steps of Adam at 0.25 from a, b, c = 1.0, 2.0, 3.0; complement 4.0, sparsity 5.0, guidance 6.0; "
                        + "relevance gradient; fill zero; smoothing 9; sharing pixels; max-pool rules yes; "
                        + "patience 11; seed 13",
                settings.describe());
    }

    @Test
    void theWeightThatIsWrongIsNamed() {
        assertMessage("a finite weight δ, the complement's, of at least 0, but found -1.0", weights(-1, 1, 1));
        assertMessage("a finite weight λ, the mask's mean's, of at least 0, but found -2.0", weights(1, -2, 1));
        assertMessage("a finite weight μ, the guidance's, of at least 0, but found NaN", weights(1, 1, Double.NaN));
    }

    private static Runnable weights(double complement, double size, double guidance) {
        return () -> new RuleSettings(
                1,
                0.1,
                RuleSettings.Logits.GUIDED,
                complement,
                size,
                guidance,
                true,
                Baseline.ZERO,
                1,
                Sharing.NOTHING,
                false,
                0,
                0);
    }

    private static void assertMessage(String expected, Runnable made) {
        BacklightException error = assertThrows(BacklightException.class, made::run);
        assertTrue(error.toString().contains(expected), error.toString());
    }
}
