package dev.backlight.attribution.render;

import java.awt.image.BufferedImage;

/**
 * A map laid over the picture it explains: upsampled bilinearly to the picture (cell centres on cell centres), coloured,
 * and the more opaque the further its value is from zero, so that the picture stays visible where nothing was found.
 *
 * <p>A pixel of strength s (see {@link Normalisation.Range#strength}) is blended with opacity {@code opacity · s^gamma};
 * a cell without a number leaves the picture as it is.
 *
 * @param greyBackdrop whether the picture is shown in greys, which leaves colour to the map
 * @param opacity in 0..1, at the strongest cells
 * @param gamma above 0; below 1 lifts weak cells
 */
public record Overlay(boolean greyBackdrop, double opacity, double gamma) {

    public Overlay {
        if (!(opacity >= 0 && opacity <= 1) || !(gamma > 0)) {
            throw new IllegalArgumentException(
                    "An overlay has opacity %s and gamma %s, but needs an opacity in 0..1 and a gamma above 0."
                            .formatted(opacity, gamma));
        }
    }

    /** Over the greyed picture: the clearest view of the map. */
    public static Overlay onGrey() {
        return new Overlay(true, 0.9, 0.6);
    }

    /** Over the picture in its own colours. */
    public static Overlay onColour() {
        return new Overlay(false, 0.85, 0.7);
    }

    /** A new picture of the size of {@code picture}. */
    public BufferedImage draw(BufferedImage picture, ScalarField map, Normalisation.Range range, ColourMap colours) {
        BufferedImage result = greyBackdrop ? Pictures.grey(picture) : Pictures.opaque(picture);
        double rows = map.height() / (double) result.getHeight();
        double columns = map.width() / (double) result.getWidth();
        for (int y = 0; y < result.getHeight(); y++) {
            for (int x = 0; x < result.getWidth(); x++) {
                double value = map.sample((y + 0.5) * rows, (x + 0.5) * columns);
                if (!Double.isNaN(value)) {
                    double alpha = opacity * Math.pow(range.strength(value), gamma);
                    int colour = colours.rgb(range.position(value));
                    result.setRGB(x, y, blend(result.getRGB(x, y), colour, alpha));
                }
            }
        }
        return result;
    }

    private static int blend(int under, int over, double alpha) {
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            double mixed = (1 - alpha) * (under >> shift & 0xFF) + alpha * (over >> shift & 0xFF);
            rgb = rgb << 8 | (int) Math.round(mixed);
        }
        return rgb;
    }
}
