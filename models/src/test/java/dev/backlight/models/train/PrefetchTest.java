package dev.backlight.models.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PrefetchTest {
    @Test
    void itemsComeInOrder() {
        List<Integer> taken = new ArrayList<>();
        try (Prefetch<Integer> prefetch = new Prefetch<>(2, 9, i -> i * i)) {
            prefetch.forEachRemaining(taken::add);
        }
        assertEquals(List.of(4, 9, 16, 25, 36, 49, 64), taken);
    }

    /** A damaged picture must be reported where the training can see it, not kill a thread in silence. */
    @Test
    void whatMakingThrowsIsThrownWhereItIsTaken() {
        IllegalStateException damage = new IllegalStateException("damaged");
        try (Prefetch<Integer> prefetch = new Prefetch<>(0, 3, i -> {
            if (i == 1) {
                throw damage;
            }
            return i;
        })) {
            assertEquals(0, prefetch.next());
            assertSame(damage, assertThrows(IllegalStateException.class, prefetch::next));
        }
    }
}
