package dev.backlight.attribution.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlight.engine.shape.DeviceMemoryException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VariantsTest {
    /** A stand-in for work that finds room for so many variants at once. */
    private static Variants.Batch withRoomFor(int most, List<String> done) {
        return (from, to) -> {
            if (to - from > most) {
                throw new DeviceMemoryException("no room for " + (to - from));
            }
            done.add(from + ".." + to);
        };
    }

    @Test
    void batchesAreHalvedUntilTheyFit() {
        List<String> done = new ArrayList<>();
        List<Long> progress = new ArrayList<>();
        Variants.inBatches(10, 8, (part, total) -> progress.add(part), withRoomFor(2, done));
        assertEquals(List.of("0..2", "2..4", "4..6", "6..8", "8..10"), done);
        assertEquals(List.of(2L, 4L, 6L, 8L, 10L), progress);
    }

    @Test
    void oneThatDoesNotFitIsTheEnd() {
        assertThrows(
                DeviceMemoryException.class,
                () -> Variants.inBatches(3, 2, Progress.NONE, withRoomFor(0, new ArrayList<>())));
    }
}
