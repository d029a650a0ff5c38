package dev.backlight.attribution.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ColourMapTest {
    private static final int STEPS = 255;

    @Test
    void sequentialLightnessRisesNearlyLinearly() {
        double first = OkLab.ofRgb(ColourMap.SEQUENTIAL.rgb(0)).l();
        double last = OkLab.ofRgb(ColourMap.SEQUENTIAL.rgb(1)).l();
        assertTrue(last - first > 0.8, "covers most of the range of lightness: " + first + " to " + last);
        for (int i = 0; i <= STEPS; i++) {
            double t = i / (double) STEPS;
            double line = first + (last - first) * t;
            // 8-bit channels: near black one step of a channel changes L by about 0.004.
            assertEquals(line, OkLab.ofRgb(ColourMap.SEQUENTIAL.rgb(t)).l(), 0.006, "at " + t);
        }
    }

    /** CIE L*, computed here from luminance, is a second judge that shares no formula with the map's definition. */
    @Test
    void sequentialLightnessRisesByCieMeasureToo() {
        double before = -1;
        double first = cieLightness(ColourMap.SEQUENTIAL.rgb(0));
        double last = cieLightness(ColourMap.SEQUENTIAL.rgb(1));
        for (int i = 0; i <= 100; i++) {
            double lightness = cieLightness(ColourMap.SEQUENTIAL.rgb(i / 100.0));
            assertTrue(lightness > before, "falls at " + i);
            assertEquals(first + (last - first) * i / 100.0, lightness, 6, "at " + i);
            before = lightness;
        }
    }

    @Test
    void neighbouringColoursOfTheSequentialMapAreAboutEquallyFarApart() {
        double least = Double.MAX_VALUE;
        double most = 0;
        for (int i = 0; i < 32; i++) {
            OkLab from = OkLab.ofRgb(ColourMap.SEQUENTIAL.rgb(i / 32.0));
            OkLab to = OkLab.ofRgb(ColourMap.SEQUENTIAL.rgb((i + 1) / 32.0));
            double distance = Math.sqrt(
                    Math.pow(from.l() - to.l(), 2) + Math.pow(from.a() - to.a(), 2) + Math.pow(from.b() - to.b(), 2));
            least = Math.min(least, distance);
            most = Math.max(most, distance);
        }
        assertTrue(most / least < 2, "largest step " + most + ", smallest " + least);
    }

    @Test
    void zeroOfTheDivergingMapIsNeutralAndItsSidesAreBlueAndRed() {
        int middle = ColourMap.DIVERGING.rgb(0.5);
        assertEquals(middle >> 16 & 0xFF, middle >> 8 & 0xFF);
        assertEquals(middle >> 8 & 0xFF, middle & 0xFF);
        assertTrue((middle & 0xFF) > 235, "nearly white");
        int negative = ColourMap.DIVERGING.rgb(0.1);
        int positive = ColourMap.DIVERGING.rgb(0.9);
        assertTrue((negative & 0xFF) > (negative >> 16 & 0xFF) + 60, Integer.toHexString(negative));
        assertTrue((positive >> 16 & 0xFF) > (positive & 0xFF) + 60, Integer.toHexString(positive));
    }

    @Test
    void divergingLightnessIsSymmetricAndFallsFromTheMiddle() {
        double before = 2;
        for (int i = 0; i <= 100; i++) {
            double left = OkLab.ofRgb(ColourMap.DIVERGING.rgb(0.5 - i / 200.0)).l();
            double right = OkLab.ofRgb(ColourMap.DIVERGING.rgb(0.5 + i / 200.0)).l();
            assertEquals(left, right, 0.005, "at distance " + i);
            assertTrue(right < before, "rises at distance " + i);
            before = right;
        }
    }

    @Test
    void positionsAreClampedAndNanIsNoData() {
        assertEquals(ColourMap.SEQUENTIAL.rgb(0), ColourMap.SEQUENTIAL.rgb(-3));
        assertEquals(ColourMap.SEQUENTIAL.rgb(1), ColourMap.SEQUENTIAL.rgb(Double.POSITIVE_INFINITY));
        assertEquals(ColourMap.NO_DATA, ColourMap.DIVERGING.rgb(Double.NaN));
    }

    @Test
    void okLabAgreesWithPublishedColours() {
        // Reference values of the CSS Color 4 named colours: red = oklch(0.62796 0.25768 29.23), blue = (0.45201
        // 0.31321 264.05).
        OkLab red = OkLab.ofRgb(0xFF0000);
        assertEquals(0.62796, red.l(), 1e-4);
        assertEquals(0.25768, Math.hypot(red.a(), red.b()), 1e-4);
        OkLab blue = OkLab.ofRgb(0x0000FF);
        assertEquals(0.45201, blue.l(), 1e-4);
        assertEquals(0.31321, Math.hypot(blue.a(), blue.b()), 1e-4);
        for (int rgb : new int[] {0x000000, 0xFFFFFF, 0x123456, 0xFEDCBA, 0x00FF00}) {
            assertEquals(rgb, OkLab.ofRgb(rgb).toRgb(), Integer.toHexString(rgb));
        }
    }

    private static double cieLightness(int rgb) {
        double luminance =
                0.2126 * linear(rgb >> 16 & 0xFF) + 0.7152 * linear(rgb >> 8 & 0xFF) + 0.0722 * linear(rgb & 0xFF);
        return luminance > 216.0 / 24389 ? 116 * Math.cbrt(luminance) - 16 : 24389.0 / 27 * luminance;
    }

    private static double linear(int channel) {
        double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }
}
