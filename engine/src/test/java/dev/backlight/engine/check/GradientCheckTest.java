package dev.backlight.engine.check;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GradientCheckTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.backlight.engine.check.OpCatalogue#samples")
    void firstOrder(OpSample sample) {
        GradientCheck.first(sample);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.backlight.engine.check.OpCatalogue#samples")
    void secondOrder(OpSample sample) {
        GradientCheck.second(sample);
    }
}
