package dev.backlight.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static final int FILL = 0xff0080;

    /** Every pixel tells where it was: red is x, green is y, blue is 1. */
    private static Picture chart() {
        byte[] rgb = new byte[3 * 32 * 32];
        for (int i = 0; i < 32 * 32; i++) {
            rgb[3 * i] = (byte) (i % 32);
            rgb[3 * i + 1] = (byte) (i / 32);
            rgb[3 * i + 2] = 1;
        }
        return new Picture(32, 32, rgb);
    }

    @Test
    void theSameSeedEpochAndIndexGiveTheSame() {
        Augmentation augmentation = Augmentation.CIFAR.withCutout(8);
        byte[] first = augmentation.apply(chart(), 1, 2, 3).rgb();
        assertArrayEquals(first, augmentation.apply(chart(), 1, 2, 3).rgb());
        assertArrayEquals(
                chart().rgb(), Augmentation.NONE.apply(chart(), 1, 2, 3).rgb());
    }

    /** Over 2,000 draws every one of the 9 × 9 shifts and both sides come up, about equally often. */
    @Test
    void shiftsAndMirroringAreUniform() {
        Augmentation augmentation = new Augmentation(4, true, 0, FILL);
        Set<String> seen = new HashSet<>();
        int mirrored = 0;
        for (int index = 0; index < 2000; index++) {
            Picture varied = augmentation.apply(chart(), 5, index % 7, index);
            int x = varied.at(16, 16, 0);
            int y = varied.at(16, 16, 1);
            boolean flipped = varied.at(17, 16, 0) < x;
            mirrored += flipped ? 1 : 0;
            int shift = x - (flipped ? 15 : 16);
            assertTrue(Math.abs(shift) <= 4 && Math.abs(y - 16) <= 4);
            seen.add(shift + "," + y);
            for (int column = 0; column < 32; column++) {
                int from = (flipped ? 31 - column : column) + shift;
                assertEquals(from < 0 || from > 31 ? 255 : from, varied.at(column, 16, 0));
            }
        }
        assertEquals(81, seen.size());
        assertEquals(1000, mirrored, 100); // 4.5 standard deviations
    }

    @Test
    void cutoutFillsOneSquare() {
        Augmentation augmentation = new Augmentation(0, false, 6, FILL);
        boolean whole = false;
        for (int index = 0; index < 200; index++) {
            Picture varied = augmentation.apply(chart(), 5, 0, index);
            int filled = 0;
            for (int i = 0; i < 32 * 32; i++) {
                filled += varied.at(i % 32, i / 32, 2) == 0x80 ? 1 : 0;
            }
            assertTrue(filled >= 9 && filled <= 36, "filled " + filled);
            whole |= filled == 36;
        }
        assertTrue(whole);
    }
}
