package dev.backlight.tests.cuda;

import dev.backlight.attribution.learn.RuleSettings;
import dev.backlight.tests.LearnedRuleSteps;
import dev.backlight.tests.ReplayedExplanationTest;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The training of learned rules on the CUDA backend. */
class CudaLearnedRuleTest {
    @TestFactory
    Stream<DynamicTest> agreesWithTheOracle() throws IOException {
        return LearnedRuleSteps.on(Devices.cuda());
    }

    @Test
    void aTrainingByGraphsEqualsItsStepsOneByOne() {
        List<RuleSettings> settings = ReplayedExplanationTest.settings().toList();
        ReplayedExplanationTest.replayEqualsEager(settings.getFirst(), "resnet20", Devices.cuda());
        ReplayedExplanationTest.replayEqualsEager(settings.get(1), "resnet9_w24", Devices.cuda());
    }
}
