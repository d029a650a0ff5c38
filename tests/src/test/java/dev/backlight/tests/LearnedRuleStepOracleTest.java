package dev.backlight.tests;

import dev.backlight.engine.backend.Backends;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** {@link LearnedRuleSteps} on the fastest CPU backend. */
class LearnedRuleStepOracleTest {
    @TestFactory
    Stream<DynamicTest> agreesWithTheOracle() throws IOException {
        return LearnedRuleSteps.on(Backends.best(Runtime.getRuntime().availableProcessors()));
    }
}
