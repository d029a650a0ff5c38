package dev.backlight.attribution.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.render.Normalisation.Range;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OverlayTest {
    private static final Overlay FULL = new Overlay(false, 1, 1);

    @Test
    void zeroLeavesThePictureAndFullStrengthShowsTheColour() {
        BufferedImage picture = filled(2, 1, 0x336699);
        BufferedImage drawn =
                FULL.draw(picture, ScalarField.of(1, 2, new float[] {0, 8}), new Range(false, 8), ColourMap.SEQUENTIAL);
        assertEquals(0x336699, drawn.getRGB(0, 0) & 0xFFFFFF);
        assertEquals(ColourMap.SEQUENTIAL.rgb(1), drawn.getRGB(1, 0) & 0xFFFFFF);
    }

    @Test
    void opacityAndGammaBlendAsStated() {
        Overlay overlay = new Overlay(false, 0.8, 2);
        BufferedImage drawn = overlay.draw(
                filled(1, 1, 0x0A0A0A),
                ScalarField.of(1, 1, new float[] {0.5f}),
                new Range(false, 1),
                ColourMap.SEQUENTIAL);
        int colour = ColourMap.SEQUENTIAL.rgb(0.5);
        double alpha = 0.8 * 0.25;
        int red = (int) Math.round((1 - alpha) * 0x0A + alpha * (colour >> 16 & 0xFF));
        assertEquals(red, drawn.getRGB(0, 0) >> 16 & 0xFF);
    }

    @Test
    void upsamplingIsBilinearWithAlignedCellCentres() {
        ScalarField field = ScalarField.of(2, 2, new float[] {0, 4, 8, 12});
        assertEquals(0, field.sample(0.5, 0.5));
        assertEquals(12, field.sample(1.5, 1.5));
        assertEquals(6, field.sample(1, 1), 1e-12);
        assertEquals(1, field.sample(0.5, 0.75), 1e-12);
        assertEquals(0, field.sample(0, 0), "constant beyond the outermost centres");
        // 4 pixels over 2 cells: pixel centres at 0.25, 0.75, 1.25, 1.75 cells.
        BufferedImage drawn = FULL.draw(filled(4, 4, 0), field, new Range(false, 12), ColourMap.SEQUENTIAL);
        double value = field.sample(0.25, 0.75);
        assertEquals(1, value, 1e-12);
        int colour = ColourMap.SEQUENTIAL.rgb(1 / 12.0);
        assertEquals((int) Math.round((colour & 0xFF) / 12.0), drawn.getRGB(1, 0) & 0xFF);
    }

    @Test
    void cellsWithoutNumberLeaveThePicture() {
        ScalarField field = ScalarField.of(1, 3, new float[] {Float.NaN, Float.NaN, 1});
        BufferedImage drawn = FULL.draw(filled(3, 1, 0x123456), field, new Range(false, 1), ColourMap.SEQUENTIAL);
        assertEquals(0x123456, drawn.getRGB(0, 0) & 0xFFFFFF);
        assertEquals(1, field.sample(0.5, 2), "a NaN neighbour takes no part");
        assertTrue(Double.isNaN(field.sample(0.5, 0.9)));
    }

    @Test
    void greyBackdropHasNoColourLeft() {
        BufferedImage drawn = Overlay.onGrey()
                .draw(
                        filled(1, 1, 0xFF0000),
                        ScalarField.of(1, 1, new float[1]),
                        new Range(true, 0),
                        ColourMap.DIVERGING);
        assertEquals(0x4C4C4C, drawn.getRGB(0, 0) & 0xFFFFFF);
    }

    @Test
    void transparentPicturesLieOnWhite() {
        BufferedImage transparent = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        assertEquals(0xFFFFFF, Pictures.opaque(transparent).getRGB(0, 0) & 0xFFFFFF);
    }

    @Test
    void heatPictureHasOnePixelPerCell() {
        Range range = new Range(true, 2);
        BufferedImage heat =
                Pictures.heat(ScalarField.of(1, 4, new float[] {-2, 0, 2, Float.NaN}), range, ColourMap.DIVERGING);
        assertEquals(ColourMap.DIVERGING.rgb(0), heat.getRGB(0, 0) & 0xFFFFFF);
        assertEquals(ColourMap.DIVERGING.rgb(0.5), heat.getRGB(1, 0) & 0xFFFFFF);
        assertEquals(ColourMap.DIVERGING.rgb(1), heat.getRGB(2, 0) & 0xFFFFFF);
        assertEquals(ColourMap.NO_DATA, heat.getRGB(3, 0) & 0xFFFFFF);
    }

    @Test
    void enlargingKeepsWholePixels() {
        BufferedImage large = Pictures.enlarged(Pictures.ofRgb(1, 2, new int[] {0x112233, 0x445566}), 7);
        assertEquals(8, large.getWidth());
        assertEquals(4, large.getHeight());
        assertEquals(0x112233, large.getRGB(3, 3) & 0xFFFFFF);
        assertEquals(0x445566, large.getRGB(4, 0) & 0xFFFFFF);
    }

    static BufferedImage filled(int width, int height, int rgb) {
        int[] pixels = new int[width * height];
        Arrays.fill(pixels, rgb);
        return Pictures.ofRgb(height, width, pixels);
    }
}
