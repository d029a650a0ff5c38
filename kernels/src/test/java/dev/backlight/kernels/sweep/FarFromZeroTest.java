package dev.backlight.kernels.sweep;

import dev.backlight.engine.backend.Backends;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FarFromZeroTest {
    @ParameterizedTest
    @ValueSource(strings = {"reference", "scalar", "vector"})
    void normalisationKeepsTheDigitsThatTheInputHas(String name) {
        FarFromZero.check(Backends.named(name, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "scalar", "vector"})
    void gradientsOfNormalisationAreRight(String name) {
        FarFromZero.checkGradients(Backends.named(name, 2));
    }
}
