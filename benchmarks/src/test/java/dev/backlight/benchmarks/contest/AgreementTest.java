package dev.backlight.benchmarks.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AgreementTest {
    @Test
    void refusesOtherResults() {
        Map<String, float[]> expected = Map.of("logits", new float[] {3, 4});
        assertRefused(expected, Map.of("gradient", new float[] {3, 4}));
        assertRefused(expected, Map.of("logits", new float[] {3}));
        assertRefused(expected, Map.of("logits", new float[] {3, 4.02f}));
        assertRefused(expected, Map.of("logits", new float[] {3, Float.NaN}));
    }

    private static void assertRefused(Map<String, float[]> expected, Map<String, float[]> found) {
        assertThrows(
                IllegalStateException.class, () -> Agreement.require(Workload.FORWARD, "somebody", found, expected));
    }

    @Test
    void statesTheDifference() {
        Map<String, float[]> expected = Map.of("logits", new float[] {3, 4});
        Map<String, float[]> found = Map.of("logits", new float[] {3, 4.0005f});
        assertEquals(1e-4, Agreement.require(Workload.FORWARD, "somebody", found, expected), 1e-6);
    }

    /** The modes differ in when they compute, never in what; the number of threads changes no bit. */
    @ParameterizedTest
    @EnumSource(
            value = Workload.class,
            names = {"FORWARD", "INPUT_GRADIENT", "RULE_STEP", "LEARNED_RULE_STEP"})
    void backlightsModesAgree(Workload workload) {
        Job job = new Job(workload, "resnet18", 2, 64, 2);
        SequencedMap<String, float[]> replayed =
                new Backlight(Backlight.Mode.REPLAYED).enter(job).results();
        for (Backlight.Mode mode : Backlight.Mode.values()) {
            Backlight contestant = new Backlight(mode);
            if (contestant.canDo(job)) {
                Agreement.require(
                        workload, contestant.name(), contestant.enter(job).results(), replayed);
            }
        }
        OneThread oneThread = new OneThread();
        assertEquals(
                0,
                Agreement.require(
                        workload, oneThread.name(), oneThread.enter(job).results(), replayed));
        assertTrue(replayed.values().stream().allMatch(values -> values.length > 0));
    }
}
