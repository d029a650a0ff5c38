package dev.backlight.attribution.method;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.shape.Shape;
import org.junit.jupiter.api.Test;

class BatchesTest {
    @Test
    void largerImagesComeInSmallerBatches() {
        assertEquals(64, Batches.fitting(32, 32));
        assertEquals(8, Batches.fitting(224, 224));
        assertEquals(1, Batches.fitting(4096, 4096));
        assertEquals(8, Batches.of(Batches.FITTING, Shape.of(3, 3, 224, 224)));
        assertEquals(50, Batches.of(50, Shape.of(3, 3, 224, 224)));
    }

    @Test
    void batchesAreHalvedDownToOne() {
        assertEquals(12, Batches.halved(12, size -> size <= 12));
        assertEquals(3, Batches.halved(12, size -> size <= 5));
        assertEquals(1, Batches.halved(12, size -> false));
    }
}
