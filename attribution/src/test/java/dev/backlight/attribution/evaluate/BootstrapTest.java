package dev.backlight.attribution.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    /** For many values the interval nears the normal one: mean ± 1.96 s/√n. */
    @Test
    void nearsTheNormalInterval() {
        double[] values = new Random(1).doubles(400).toArray();
        Interval interval = Bootstrap.standard(5).mean(values);
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double variance = 0;
        for (double value : values) {
            variance += (value - mean) * (value - mean) / values.length;
        }
        double half = 1.96 * Math.sqrt(variance / values.length);
        assertEquals(mean, interval.mean(), 1e-12);
        assertEquals(mean - half, interval.low(), 0.1 * half);
        assertEquals(mean + half, interval.high(), 0.1 * half);
    }

    @Test
    void followsFromTheSeed() {
        double[] values = {1, 5, 2, 8, 3};
        assertEquals(Bootstrap.standard(5).mean(values), Bootstrap.standard(5).mean(values));
        assertNotEquals(new Bootstrap(10, 5).mean(values), new Bootstrap(10, 6).mean(values));
    }

    @Test
    void oneValueOrNone() {
        assertEquals(new Interval(3, 3, 3), Bootstrap.standard(5).mean(new double[] {3}));
        assertTrue(Double.isNaN(Bootstrap.standard(5).mean(new double[0]).low()));
    }
}
