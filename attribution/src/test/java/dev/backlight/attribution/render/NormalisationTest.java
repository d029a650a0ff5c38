package dev.backlight.attribution.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.render.Normalisation.Range;
import org.junit.jupiter.api.Test;

class NormalisationTest {

    @Test
    void unsignedRunsFromZeroToThePercentile() {
        float[] values = new float[201];
        for (int i = 0; i <= 200; i++) {
            values[i] = i;
        }
        Range range = Normalisation.unsigned().range(ScalarField.of(1, 201, values));
        assertEquals(199, range.high(), 1e-9);
        assertEquals(0, range.position(0));
        assertEquals(0.5, range.position(99.5), 1e-12);
        assertEquals(1, range.position(200), "outliers are clipped");
        assertEquals(0, range.position(-7), "negative values show as zero");
    }

    @Test
    void signedIsSymmetricAndZeroIsExactlyTheMiddle() {
        Range range = new Normalisation(true, 100).range(ScalarField.of(1, 3, new float[] {-4, 0, 1}));
        assertEquals(4, range.high());
        assertEquals(-4, range.low());
        assertEquals(0.5, range.position(0));
        assertEquals(0, range.position(-4));
        assertEquals(0.625, range.position(1));
        assertEquals(0.25, range.strength(-1));
    }

    @Test
    void mapOfZerosIsFlatAndShowsZero() {
        ScalarField zeros = ScalarField.of(2, 2, new float[4]);
        Range unsigned = Normalisation.unsigned().range(zeros);
        assertTrue(unsigned.flat());
        assertEquals(0, unsigned.position(0));
        Range signed = Normalisation.signedSymmetric().range(zeros);
        assertEquals(0.5, signed.position(0));
        assertEquals(0, signed.strength(0));
    }

    @Test
    void fewActiveCellsFallBackToTheLargestValue() {
        float[] values = new float[1000];
        values[3] = 2;
        assertEquals(
                2,
                Normalisation.unsigned().range(ScalarField.of(10, 100, values)).high());
    }

    @Test
    void nanAndInfinityTakeNoPartInTheRange() {
        ScalarField field =
                ScalarField.of(1, 5, new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 2, -1});
        Range range = new Normalisation(true, 100).range(field);
        assertEquals(2, range.high());
        assertTrue(Double.isNaN(range.position(Double.NaN)));
        assertEquals(1, range.position(Double.POSITIVE_INFINITY));
        assertEquals(0, range.position(Double.NEGATIVE_INFINITY));
        assertEquals(3, field.nonFiniteCount());
    }

    @Test
    void mapWithoutAnyNumberIsFlat() {
        Range range = Normalisation.unsigned().range(ScalarField.of(1, 2, new float[] {Float.NaN, Float.NaN}));
        assertTrue(range.flat());
        assertTrue(Double.isNaN(range.position(Double.NaN)));
    }

    @Test
    void fittingChoosesBySign() {
        assertTrue(
                Normalisation.fitting(ScalarField.of(1, 2, new float[] {1, -1})).signed());
        assertFalse(
                Normalisation.fitting(ScalarField.of(1, 2, new float[] {1, 0})).signed());
    }

    @Test
    void refusesImpossiblePercentiles() {
        assertThrows(IllegalArgumentException.class, () -> new Normalisation(true, 0));
        assertThrows(IllegalArgumentException.class, () -> new Normalisation(true, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> ScalarField.of(2, 2, new float[3]));
    }
}
