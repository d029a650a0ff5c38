package dev.backlight.attribution.render;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/** Plain 24-bit pictures: made from pixels or fields, enlarged, greyed. All results are {@code TYPE_INT_RGB}. */
public final class Pictures {
    private Pictures() {}

    /**
     * A picture from its pixels.
     *
     * @param rgb {@code height × width} colours {@code 0xRRGGBB}, row by row
     * @throws IllegalArgumentException when the count does not fit the size
     */
    public static BufferedImage ofRgb(int height, int width, int[] rgb) {
        if (height < 1 || width < 1 || (long) height * width != rgb.length) {
            throw new IllegalArgumentException(
                    "A picture of %d × %d pixels needs as many colours, but %d were given; pass height × width of them."
                            .formatted(height, width, rgb.length));
        }
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(0, 0, width, height, rgb, 0, width);
        return picture;
    }

    /** The map itself, one pixel per cell, in the colours of {@code colours}. */
    public static BufferedImage heat(ScalarField field, Normalisation.Range range, ColourMap colours) {
        int[] rgb = new int[field.height() * field.width()];
        for (int y = 0; y < field.height(); y++) {
            for (int x = 0; x < field.width(); x++) {
                rgb[y * field.width() + x] = colours.rgb(range.position(field.at(y, x)));
            }
        }
        return ofRgb(field.height(), field.width(), rgb);
    }

    /** A copy without transparency: what shines through is white. */
    public static BufferedImage opaque(BufferedImage picture) {
        BufferedImage copy = new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = copy.createGraphics();
        graphics.drawImage(picture, 0, 0, Color.WHITE, null);
        graphics.dispose();
        return copy;
    }

    /** The picture in greys of the same luma (ITU-R BT.601 weights, on the coded values). */
    public static BufferedImage grey(BufferedImage picture) {
        BufferedImage grey = opaque(picture);
        for (int y = 0; y < grey.getHeight(); y++) {
            for (int x = 0; x < grey.getWidth(); x++) {
                int rgb = grey.getRGB(x, y);
                long luma = Math.round(0.299 * (rgb >> 16 & 0xFF) + 0.587 * (rgb >> 8 & 0xFF) + 0.114 * (rgb & 0xFF));
                grey.setRGB(x, y, (int) luma * 0x010101);
            }
        }
        return grey;
    }

    /**
     * Enlarged by the smallest whole factor that makes the longer side at least {@code side} pixels, each pixel becoming a
     * square, so that a 32 × 32 picture can be looked at and still shows what the network was given. Larger pictures
     * come back as they are.
     */
    public static BufferedImage enlarged(BufferedImage picture, int side) {
        int longer = Math.max(picture.getWidth(), picture.getHeight());
        int factor = Math.max(1, Math.ceilDiv(side, longer));
        return factor == 1
                ? opaque(picture)
                : scaled(
                        picture,
                        picture.getWidth() * factor,
                        picture.getHeight() * factor,
                        RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    }

    /**
     * Fitted into a square of {@code side} pixels, keeping its proportions. Small pictures keep square pixels, as by
     * {@link #enlarged}; the rest of the way is bicubic.
     */
    public static BufferedImage fitted(BufferedImage picture, int side) {
        double factor = side / (double) Math.max(picture.getWidth(), picture.getHeight());
        int width = Math.max(1, (int) Math.round(picture.getWidth() * factor));
        int height = Math.max(1, (int) Math.round(picture.getHeight() * factor));
        BufferedImage from = factor >= 2 ? enlarged(picture, side) : picture;
        // Bicubic looks at 4 × 4 pixels only, so a strong reduction goes by halves to miss none.
        while (from.getWidth() >= 2 * width && from.getHeight() >= 2 * height) {
            from = scaled(from, from.getWidth() / 2, from.getHeight() / 2, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        }
        return from.getWidth() == width && from.getHeight() == height
                ? opaque(from)
                : scaled(from, width, height, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    }

    private static BufferedImage scaled(BufferedImage picture, int width, int height, Object interpolation) {
        BufferedImage result = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = result.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, interpolation);
        graphics.drawImage(picture, 0, 0, width, height, Color.WHITE, null);
        graphics.dispose();
        return result;
    }
}
